"""Roles, groups and permissions reach every form of token, and cost nothing where there are none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from msgspec import structs

from gatepass import Verifier
from gatepass_server.accounts.entitlements import MOST_CHARACTERS, MOST_NAMES, claims_of, left_out
from gatepass_server.domain.audit import AT_TERMINAL
from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.domain.roles import Entitlements
from gatepass_server.store.sql.compiled import Statements
from tests.support.house import EMAIL, ISSUER, PASSWORD, House
from tests.support.relying_party import USUAL, RelyingParty, sign_in

TOLD = {
    "roles": ["desk", "reader"],
    "groups": ["staff"],
    "entitlements": ["orders:read", "orders:write"],
}


def grant(house: House) -> None:
    """Ann is given a role, and another by a group."""
    gatepass = house.gatepass
    user = gatepass.administration.find(EMAIL)
    for name, permission in (("desk", "orders:write"), ("reader", "orders:read")):
        gatepass.roles.create(name, description="", permissions=[permission], by=AT_TERMINAL)
    gatepass.groups.create("staff", description="", by=AT_TERMINAL)
    gatepass.roles.grant("desk", user.id, by=AT_TERMINAL)
    gatepass.groups.grant("staff", "reader", by=AT_TERMINAL)
    gatepass.groups.add("staff", user.id, by=AT_TERMINAL)


def told(house: House, token: str) -> dict[str, Any]:
    claims = house.gatepass.verifier.verify(token).claims
    return {name: claims[name] for name in TOLD if name in claims}


def in_mode(house: House, mode: str) -> dict[str, Any]:
    body = {"email": EMAIL, "password": PASSWORD, "mode": mode}
    return dict(house.client.post("/login", json=body).get_json())


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database meanwhile, but for the limits of log-ins and the audit log."""
    sent: list[str] = []

    compiled = Statements.compiled

    def noting(statements: Statements, statement: Any, values: Any) -> Any:
        found = compiled(statements, statement, values)
        sent.append(found.text)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statements, "compiled", noting)
        yield sent


@pytest.mark.compliance("RFC 9068", "2.2.3.1", "roles, groups and entitlements are told by the names of SCIM")
def test_a_token_tells_roles_groups_and_permissions(house: House) -> None:
    house.sign_up()
    grant(house)
    assert told(house, house.log_in()["token"]) == TOLD


def test_a_token_of_somebody_without_roles_has_none_of_the_claims(house: House) -> None:
    assert told(house, house.token()) == {}


def test_a_change_reaches_a_person_with_the_next_refresh(house: House) -> None:
    house.sign_up()
    first = house.log_in()
    grant(house)
    assert told(house, first["token"]) == {}
    second = house.refresh(first["refresh_token"]).get_json()
    assert told(house, second["token"]) == TOLD
    house.gatepass.groups.delete("staff", by=AT_TERMINAL)
    house.gatepass.roles.delete("desk", by=AT_TERMINAL)
    third = house.refresh(second["refresh_token"]).get_json()
    assert told(house, third["token"]) == {}


def test_an_opaque_token_tells_a_change_at_once(house: House) -> None:
    house.sign_up()
    token = in_mode(house, "opaque")["token"]
    assert told(house, token) == {}
    grant(house)
    assert told(house, token) == TOLD


@pytest.mark.compliance("RFC 7662", "2.2", "members of other specifications may be told")
@pytest.mark.parametrize("mode", ["token", "opaque"])
def test_introspection_tells_them(house: House, mode: str) -> None:
    house.sign_up()
    grant(house)
    client, secret = house.gatepass.clients.create("API")
    assert secret is not None
    answer = house.client.post(
        "/oauth2/introspect",
        data={
            "token": in_mode(house, mode)["token"],
            "client_id": client.id,
            "client_secret": secret.reveal(),
        },
    ).get_json()
    assert {name: answer[name] for name in TOLD} == TOLD


def test_a_token_of_the_operator_tells_them(house: House) -> None:
    house.sign_up()
    grant(house)
    assert told(house, house.gatepass.administration.issue_token(EMAIL, expires_in=60)) == TOLD


def test_an_api_reads_them_of_the_verified_token(house: House) -> None:
    house.sign_up()
    grant(house)
    assert house.gatepass.ring is not None
    verifier = Verifier(
        ISSUER, audience=ISSUER, keys=house.gatepass.ring, clock=house.gatepass.clock, status=None
    )
    assert verifier.verify(house.log_in()["token"]).claims["entitlements"] == TOLD["entitlements"]


def test_who_was_never_given_anything_costs_no_statement_and_anybody_else_one(
    open_house: Callable[..., House],
) -> None:
    house = open_house()
    house.sign_up()
    house.log_in()
    house.refresh(house.log_in()["refresh_token"])  # whatever is read once has been read
    tables = ("gatepass_user_roles", "gatepass_group_members")
    counts: dict[str, tuple[int, int]] = {}
    for who in ("nobody's", "given"):
        if who == "given":
            grant(house)
        pair = house.log_in()
        with statements() as by_refresh:
            assert house.refresh(pair["refresh_token"]).status_code == 200
        counts[who] = len(by_refresh), sum(any(table in text for table in tables) for text in by_refresh)
    assert counts["nobody's"][1] == 0
    assert counts["given"] == (counts["nobody's"][0] + 1, 1)


def test_a_claim_that_is_too_large_is_left_out_as_a_whole() -> None:
    many = tuple(f"r{number:03}" for number in range(MOST_NAMES + 1))
    long = tuple("x" * 60 + f"{number:02}" for number in range(MOST_CHARACTERS // 62 + 1))
    found = Entitlements(roles=many[:-1], groups=many, permissions=long)
    assert claims_of(found) == {"roles": list(many[:-1])}
    assert left_out(found) == ["groups", "entitlements"]


@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_a_program_learns_and_uses_them_with_the_scope_groups_alone(house: House, form: str) -> None:
    sign_in(house)
    grant(house)
    metadata = structs.replace(USUAL, scope="openid groups", access_token_format=form)
    app = RelyingParty.of(house, metadata)
    without, with_them = app.tokens(scope="openid"), app.tokens(scope="openid groups")
    assert not TOLD.keys() & app.introspect(without["access_token"]).keys()
    assert not TOLD.keys() & app.introspect(without["refresh_token"]).keys()
    assert told(house, without["access_token"]) == {}
    assert told(house, with_them["access_token"]) == TOLD
    form_of_less = {"grant_type": "refresh_token", "refresh_token": with_them["refresh_token"]}
    assert told(house, app.token(**form_of_less, scope="openid").get_json()["access_token"]) == {}


@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_a_token_that_was_exchanged_for_a_log_ins_tells_its_program_nothing_without_groups(
    house: House, form: str
) -> None:
    exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    other = "https://billing.example.com"
    registered = ClientMetadata(
        grant_types=(exchange,),
        resources=(house.gatepass.settings.public_audience, other),
        scope="billing:read",
    )
    orders = RelyingParty.of(house, structs.replace(registered, access_token_format=form))
    house.sign_up()
    grant(house)
    answer = orders.token(
        grant_type=exchange,
        subject_token=house.log_in()["token"],
        subject_token_type="urn:ietf:params:oauth:token-type:access_token",
        resource=other,
        scope="billing:read",
    )
    assert answer.status_code == 200, answer.text
    told_of_it = orders.introspect(answer.get_json()["access_token"])
    assert (told_of_it["active"], told_of_it["aud"]) == (True, other)
    assert not TOLD.keys() & told_of_it.keys()
