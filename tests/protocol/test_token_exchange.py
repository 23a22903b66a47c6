"""A token for another token (RFC 8693): an API calls the next one in the name of whoever called it."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import structs

from gatepass.dpop import make_proof
from gatepass_server.domain.clients import ClientMetadata
from tests.support.clock import FakeClock
from tests.support.following_api import FollowingApi
from tests.support.house import ISSUER, House
from tests.support.proving import PROOF_KEY, TOKEN_URL
from tests.support.relying_party import API, OTHER_API, USUAL, RelyingParty, sign_in

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
ORDERS = ClientMetadata(grant_types=(GRANT,), resources=(API, OTHER_API), scope="billing:read profile admin")
SHOP = structs.replace(USUAL, resources=(API,), scope="openid profile email orders:read")
FORMS = pytest.mark.parametrize("form", ["jwt", "opaque"])


def exchange(program: RelyingParty, token: str, **form: Any) -> dict[str, Any]:
    given = {"grant_type": GRANT, "subject_token": token, "subject_token_type": ACCESS, **form}
    answer = program.token(**{name: value for name, value in given.items() if value is not None})
    assert answer.status_code in {200, 400}, answer.text
    return dict(answer.get_json())


@pytest.fixture
def orders(house: House) -> RelyingParty:
    """The API that is called first."""
    return RelyingParty.of(house, ORDERS, name="Orders")


@pytest.fixture
def token(house: House) -> str:
    """Of a person who uses the shop, for the API of orders."""
    shop = RelyingParty.of(house, SHOP, name="Shop")
    return str(shop.tokens(resource=API, scope="openid profile orders:read")["access_token"])


@pytest.mark.compliance("RFC 8693", "2.2.1", "the answer tells what was issued")
@pytest.mark.compliance("RFC 8693", "4.1", "act says who acts for the subject")
@FORMS
def test_an_api_gets_a_token_for_the_next_one(house: House, token: str, clock: FakeClock, form: str) -> None:
    orders = RelyingParty.of(house, structs.replace(ORDERS, access_token_format=form))
    clock.advance(600)
    told = exchange(orders, token, resource=OTHER_API, scope="billing:read")
    assert set(told) == {"access_token", "issued_token_type", "token_type", "expires_in", "scope"}
    assert (told["issued_token_type"], told["expires_in"]) == (ACCESS, 1200), (
        "no longer than what was presented"
    )
    before, after = orders.introspect(token), orders.introspect(told["access_token"])
    assert (after["sub"], after["sid"]) == (before["sub"], before["sid"])
    assert (after["aud"], after["scope"]) == (OTHER_API, "billing:read")
    assert (after["client_id"], after["act"]) == (orders.id, {"sub": orders.id})


def test_a_log_out_ends_what_was_exchanged(
    house: House, orders: RelyingParty, token: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_api = FollowingApi(house, clock, monkeypatch, audience=OTHER_API)
    exchanged = exchange(orders, token, audience=OTHER_API, scope="billing:read")["access_token"]
    person = house.browser().current
    assert person is not None
    assert next_api.ask(exchanged) == person.user.id
    house.gatepass.log_out.current(person)
    assert next_api.ask(exchanged) == "revoked"
    assert exchange(orders, token)["error"] == "invalid_request"


def test_a_signed_token_for_an_opaque_one_can_be_revoked_too(
    house: House, orders: RelyingParty, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = RelyingParty.of(house, structs.replace(SHOP, access_token_format="opaque"))
    tokens = shop.tokens(resource=API)
    next_api = FollowingApi(house, clock, monkeypatch, audience=OTHER_API)
    exchanged = exchange(orders, tokens["access_token"], resource=OTHER_API, scope="billing:read")
    assert next_api.ask(exchanged["access_token"]) != "revoked"
    shop.post("/oauth2/revoke", token=tokens["refresh_token"])
    assert next_api.ask(exchanged["access_token"]) == "revoked"


@pytest.mark.compliance("RFC 8693", "2.2.2", "a token that may not be exchanged is an invalid_request")
def test_a_token_that_is_none_of_its_business_is_refused(
    house: House, orders: RelyingParty, token: str
) -> None:
    stranger = RelyingParty.of(house, structs.replace(ORDERS, resources=(OTHER_API,)))
    assert exchange(stranger, token, resource=OTHER_API)["error"] == "invalid_request"
    assert exchange(orders, house.log_in()["token"])["error"] == "invalid_request"


@pytest.mark.compliance("RFC 8693", "2.2.2", "a target that may not be had is an invalid_target")
def test_only_registered_targets_are_given(orders: RelyingParty, token: str) -> None:
    for form in (
        {"resource": "https://evil.example.com"},
        {"audience": [OTHER_API, "https://x.example.com"]},
    ):
        assert exchange(orders, token, **form)["error"] == "invalid_target"


def test_a_scope_of_the_house_is_never_gained(orders: RelyingParty, token: str) -> None:
    for scope in ("admin", "billing:read admin", "billing:write"):
        assert exchange(orders, token, resource=OTHER_API, scope=scope)["error"] == "invalid_scope"
    assert exchange(orders, token, scope="billing:read")["error"] == "invalid_scope", (
        "not where it is good already"
    )
    assert exchange(orders, token, resource=OTHER_API)["scope"] == "profile", (
        "of what it has, what it may have"
    )
    assert exchange(orders, token, scope="orders:read")["scope"] == "orders:read", "narrower"


@pytest.mark.compliance("RFC 8693", "4.1", "who acted before stands within, and no chain grows for ever")
def test_a_chain_of_actors_is_nested_and_bounded(house: House, token: str) -> None:
    programs = [RelyingParty.of(house, ORDERS, name=f"API {number}") for number in range(5)]
    for program in programs[:4]:
        token = exchange(program, token, resource=API, scope="profile")["access_token"]
    told = programs[0].introspect(token)
    names = []
    while "act" in told:
        told = told["act"]
        names.append(told["sub"])
    assert names == [program.id for program in reversed(programs[:4])]
    assert exchange(programs[4], token)["error"] == "invalid_request"


def test_an_actor_may_be_named_by_a_token_of_its_own(house: House, orders: RelyingParty, token: str) -> None:
    service = structs.replace(ORDERS, grant_types=(GRANT, "client_credentials"))
    program = RelyingParty.of(house, service)
    own = program.token(grant_type="client_credentials").get_json()["access_token"]
    told = exchange(program, token, actor_token=own, actor_token_type=ACCESS)
    assert program.introspect(told["access_token"])["act"] == {"sub": program.id}
    for form in (
        {"actor_token": own},
        {"actor_token_type": ACCESS},
        {"actor_token": "x", "actor_token_type": ACCESS},
    ):
        assert exchange(program, token, **form)["error"] == "invalid_request"
    stolen = exchange(orders, token, actor_token=own, actor_token_type=ACCESS)
    assert stolen["error"] == "invalid_request"


@pytest.mark.compliance("RFC 8693", "4.4", "may_act is respected")
def test_who_may_act_is_respected(house: House, orders: RelyingParty, token: str) -> None:
    def saying(may_act: Any) -> str:
        told = orders.introspect(token)
        claims = {"sid": told["sid"], "may_act": may_act}
        return house.gatepass.signer().issue(
            told["sub"], audience=API, scopes=["profile"], client_id=told["client_id"], claims=claims
        )

    assert "access_token" in exchange(orders, saying({"sub": orders.id}))
    assert "access_token" in exchange(orders, saying({"sub": orders.id, "client_id": orders.id}))
    for other in ({"sub": "another"}, {"sub": orders.id, "email": "x"}, {}, "x", [orders.id]):
        assert exchange(orders, saying(other))["error"] == "invalid_request"


def test_a_program_narrows_its_own_token(house: House) -> None:
    both = structs.replace(SHOP, grant_types=(*USUAL.grant_types, GRANT), resources=(API, OTHER_API))
    shop = RelyingParty.of(house, both)
    token = shop.tokens()["access_token"]
    told = exchange(shop, token, scope="profile")
    found = shop.introspect(told["access_token"])
    assert (found["scope"], found["client_id"]) == ("profile", shop.id)
    assert "act" not in found, "nobody acts for anybody"


def test_an_exchanged_token_is_no_log_in(open_house: Callable[..., House]) -> None:
    """An API of the house exchanges the token of a log-in: what it gets is the API's, and opens no account."""
    house = open_house(login_scope="profile")
    sign_in(house)
    program = RelyingParty.of(house, structs.replace(ORDERS, resources=(ISSUER,)))
    token = house.log_in()["token"]
    assert house.get("/me", token).status_code == 200
    exchanged = exchange(program, token)["access_token"]
    assert program.introspect(exchanged)["active"]
    assert house.get("/me", exchanged).status_code == 403


@pytest.mark.parametrize(
    "form",
    [
        {"subject_token": None},
        {"subject_token_type": None},
        {"subject_token": "x"},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"requested_token_type": "x"},
    ],
)
def test_what_cannot_be_exchanged_is_refused(orders: RelyingParty, token: str, form: dict[str, Any]) -> None:
    assert exchange(orders, token, **form)["error"] == "invalid_request"


def test_neither_refresh_tokens_nor_id_tokens_are_exchanged(house: House, orders: RelyingParty) -> None:
    shop = RelyingParty.of(house, SHOP)
    tokens = shop.tokens(resource=API)
    for name in ("refresh_token", "id_token"):
        assert exchange(orders, tokens[name])["error"] == "invalid_request"


def test_who_gives_back_an_exchanged_token_ends_nobodys_session(house: House, token: str) -> None:
    for form, error in (("jwt", "unsupported_token_type"), ("opaque", None)):
        program = RelyingParty.of(house, structs.replace(ORDERS, access_token_format=form))
        exchanged = exchange(program, token, resource=OTHER_API, scope="billing:read")["access_token"]
        assert program.post("/oauth2/revoke", token=exchanged).get_json().get("error") == error
        assert program.introspect(exchanged)["active"] is (form == "jwt")
        assert program.introspect(token)["active"]


def test_only_who_is_registered_for_it_exchanges(house: House, token: str) -> None:
    plain = RelyingParty.of(house, structs.replace(ORDERS, grant_types=("client_credentials",)))
    assert exchange(plain, token)["error"] == "unauthorized_client"


def proved(clock: FakeClock) -> dict[str, str]:
    return {"DPoP": make_proof(PROOF_KEY, method="POST", url=TOKEN_URL, clock=clock)}


@pytest.mark.compliance("RFC 9449", "5", "what comes of an exchange is bound to the key of whoever exchanges")
def test_an_exchanged_token_is_bound_to_a_key_that_is_shown(
    house: House, orders: RelyingParty, token: str, clock: FakeClock
) -> None:
    form = {"grant_type": GRANT, "subject_token": token, "subject_token_type": ACCESS}
    headers = {**orders.basic(), **proved(clock)}
    told = house.client.post("/oauth2/token", data=form, headers=headers).get_json()
    assert told["token_type"] == "DPoP"
    found = orders.introspect(told["access_token"])
    assert (found["token_type"], found["cnf"]) == ("DPoP", {"jkt": PROOF_KEY.thumbprint})
    own = exchange(orders, told["access_token"])
    assert own["error"] == "invalid_grant", "what is bound is not made unbound by whoever holds it"
