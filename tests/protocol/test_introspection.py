"""``POST /oauth2/introspect`` for what programs were granted (RFC 7662), and signed answers (RFC 9701)."""

from collections.abc import Callable

import pytest
from joserfc import jwk, jwt
from msgspec import structs

from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.domain.secret import Secret
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, ISSUER, House
from tests.support.relying_party import API, CALLBACK, OTHER_API, USUAL, RelyingParty, sign_in

INACTIVE = {"active": False}
SIGNED = "application/token-introspection+jwt"
SERVICE = ClientMetadata(grant_types=("client_credentials",), scope="orders:read", resources=(API,))


def api_of(house: House, resource: str) -> RelyingParty:
    return RelyingParty.of(house, ClientMetadata(resources=(resource,)), name="An API")


@pytest.mark.compliance("RFC 7662", "2.2", "a token of a grant is described in the members of the standard")
@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_a_token_for_an_api_is_described_to_that_api(house: House, clock: FakeClock, form: str) -> None:
    app = RelyingParty.of(house, structs.replace(USUAL, access_token_format=form, resources=(API,)))
    token = app.tokens(resource=API)["access_token"]
    told = api_of(house, API).introspect(token)
    assert told.pop("sid")
    assert bool(told.pop("jti", "")) is (form == "jwt")
    assert told == {
        "active": True,
        "token_type": "Bearer",
        "scope": "openid profile email",
        "client_id": app.id,
        "username": EMAIL,
        "sub": house.gatepass.administration.find(EMAIL).id,
        "iss": ISSUER,
        "aud": API,
        "iat": clock.now,
        "exp": clock.now + 1800,
        "auth_time": clock.now,
    }
    assert app.introspect(token)["active"], "it is the program's own"


@pytest.mark.compliance("RFC 7662", "4", "who may ask about a token is decided by the server")
@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_of_a_token_for_another_api_nothing_is_told(house: House, form: str) -> None:
    app = RelyingParty.of(house, structs.replace(USUAL, access_token_format=form, resources=(API,)))
    tokens = app.tokens(resource=API)
    for stranger in (api_of(house, OTHER_API), RelyingParty.of(house, name="Another")):
        assert stranger.introspect(tokens["access_token"]) == INACTIVE
        assert stranger.introspect(tokens["refresh_token"]) == INACTIVE


def test_a_token_for_the_house_concerns_every_program(house: House, app: RelyingParty) -> None:
    assert api_of(house, API).introspect(app.tokens()["access_token"])["active"]


def test_the_name_of_a_person_is_told_to_those_who_may_know_the_e_mail(app: RelyingParty) -> None:
    assert "username" not in app.introspect(app.tokens(scope="openid profile")["access_token"])


def test_a_refresh_token_of_a_grant_is_told_to_its_program_alone(house: House, app: RelyingParty) -> None:
    token = app.tokens()["refresh_token"]
    assert app.introspect(token)["token_type"] == "refresh_token"
    assert api_of(house, ISSUER).introspect(token) == INACTIVE


@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_a_programs_own_token_is_described(house: House, clock: FakeClock, form: str) -> None:
    service = RelyingParty.of(house, structs.replace(SERVICE, access_token_format=form))
    token = service.token(grant_type="client_credentials", resource=API).get_json()["access_token"]
    told = api_of(house, API).introspect(token)
    assert bool(told.pop("jti", "")) is (form == "jwt")
    assert told == {
        "active": True,
        "token_type": "Bearer",
        "scope": "orders:read",
        "client_id": service.id,
        "sub": service.id,
        "iss": ISSUER,
        "aud": API,
        "iat": clock.now,
        "exp": clock.now + 1800,
    }
    clock.advance(1801)
    assert service.introspect(token) == INACTIVE


@pytest.mark.compliance("RFC 7662", "2.1", "public clients, which cannot prove who they are, are refused")
def test_a_public_client_is_told_nothing(house: House) -> None:
    app = RelyingParty.of(house, structs.replace(USUAL, token_endpoint_auth_method="none"))
    refused = app.post("/oauth2/introspect", token=app.tokens()["access_token"])
    assert (refused.status_code, refused.get_json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("which", ["id_token"])
def test_an_id_token_is_no_token_to_ask_about(app: RelyingParty, which: str) -> None:
    assert app.introspect(app.tokens()[which]) == INACTIVE


@pytest.mark.compliance("RFC 9701", "5", "a signed answer is for the program that asked")
def test_an_answer_is_signed_for_who_asks(house: House, app: RelyingParty, clock: FakeClock) -> None:
    token = app.tokens()["access_token"]
    answer = app.post("/oauth2/introspect", accept=f"application/json;q=0.5, {SIGNED}", token=token)
    assert answer.headers["Content-Type"] == SIGNED
    keys = jwk.KeySet.import_key_set(house.get("/.well-known/jwks.json").get_json())
    read = jwt.decode(answer.text, keys, algorithms=["RS256"])
    assert read.header["typ"] == "token-introspection+jwt"
    assert {name: read.claims[name] for name in ("iss", "aud", "iat")} == {
        "iss": ISSUER,
        "aud": app.id,
        "iat": clock.now,
    }
    assert not {"sub", "exp"} & read.claims.keys()
    assert read.claims["token_introspection"] == app.introspect(token)
    assert house.get("/oauth2/userinfo", answer.text).status_code == 401, "it is no access token"


@pytest.mark.compliance("RFC 9701", "5", "of a token that is not active a signed answer tells no more")
def test_a_signed_answer_about_a_bad_token_says_so(house: House, app: RelyingParty) -> None:
    answer = app.post("/oauth2/introspect", accept=SIGNED, token="x")
    keys = jwk.KeySet.import_key_set(house.get("/.well-known/jwks.json").get_json())
    assert jwt.decode(answer.text, keys, algorithms=["RS256"]).claims["token_introspection"] == INACTIVE


@pytest.mark.compliance("RFC 7662", "4", "who may ask about a token is decided by the server")
def test_who_registered_itself_is_told_of_its_own_tokens_alone(open_house: Callable[..., House]) -> None:
    house = open_house(registration="open", registration_resources=API)
    sign_in(house)
    app = RelyingParty.of(house, structs.replace(USUAL, resources=(API,)))
    told = house.client.post("/oauth2/register", json={"redirect_uris": [CALLBACK]}).get_json()
    stranger = RelyingParty(
        house, house.gatepass.clients.get(told["client_id"]), Secret(told["client_secret"])
    )
    assert stranger.introspect(app.tokens()["access_token"]) == INACTIVE
    assert stranger.introspect(app.tokens(resource=API)["access_token"]) == INACTIVE
    assert stranger.introspect(stranger.tokens()["access_token"])["active"]
