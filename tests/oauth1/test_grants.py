"""A grant of OAuth 1.0a is a grant like any other: seen, taken back, told of in the feed and in the log."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gatepass import Verifier
from gatepass_server.accounts.account_management import AccountChange
from gatepass_server.domain.audit import AT_TERMINAL
from tests.oauth1.conftest import OpenHouse
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.old_program import USUAL, Credentials, OldProgram, problem

RFC = "RFC 5849"
API = "https://api.example.com"


def owner(house: House) -> Any:
    live = house.browser().current
    assert live is not None
    return live.user


def jwt_of(program: OldProgram, credentials: Credentials, **form: str) -> dict[str, Any]:
    answer = program.call("POST", "/oauth1/jwt", credentials, form=list(form.items()))
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def claims_of(house: House, token: str, audience: str = ISSUER) -> dict[str, Any]:
    keys = house.client.get("/.well-known/jwks.json").get_json()
    verifier = Verifier.from_jwks(keys, issuer=ISSUER, audience=audience, clock=house.gatepass.clock)
    return dict(verifier.verify(token).claims)


@pytest.mark.compliance(RFC, "4.8", "the person sees who has access, and takes it back")
def test_access_that_is_taken_back_ends_credentials_and_tokens(program: OldProgram, house: House) -> None:
    credentials = program.credentials()
    token = jwt_of(program, credentials)["access_token"]
    assert house.get("/oauth2/userinfo", token).status_code == 200
    applications = house.gatepass.applications
    assert program.client.id in [one.client_id for one in applications.of(owner(house))]
    assert "Printer" in house.client.get("/account/applications").text
    session_id = claims_of(house, token)["sid"]
    applications.take_back(owner(house), program.client.id)
    for path in ("/oauth1/userinfo", "/oauth1/jwt"):
        assert problem(program.call("POST", path, credentials)) == (401, "token_rejected")
    assert house.get("/oauth2/userinfo", token).status_code == 401
    with house.gatepass.store.read() as uow:
        live = uow.sessions.with_user(session_id)
    assert live is not None
    assert live.session.ended_at is not None
    assert live.session.status is not None  # so its place in the feed has flipped


def test_what_was_approved_is_worth_nothing_once_access_is_taken_back(
    program: OldProgram, house: House
) -> None:
    temporary = program.initiate()
    verifier = program.verifier(temporary)
    house.gatepass.applications.take_back(owner(house), program.client.id)
    assert problem(program.exchange(temporary, verifier)) == (401, "token_rejected")


def test_the_log_tells_of_consent_and_grant(program: OldProgram, house: House) -> None:
    program.credentials()
    newest = house.gatepass.audit_trail.newest(limit=9)
    rows = [row for row in newest if program.client.id in row.details]
    assert [row.kind for row in rows] == ["client.created", "consent.given", "grant.issued"]
    assert rows[-1].actor == f"client:{program.client.id}"


def test_the_bridge_gives_less_where_less_is_asked_for(house: House) -> None:
    program = OldProgram.of(
        house, msgspec.structs.replace(USUAL, resources=(API, "https://other.example.com"))
    )
    credentials = program.credentials()
    whole = jwt_of(program, credentials)["access_token"]
    assert set(claims_of(house, whole, API)["aud"]) == {API, "https://other.example.com"}
    told = jwt_of(program, credentials, scope="profile", resource=API)
    assert told["scope"] == "profile"
    assert claims_of(house, told["access_token"], API)["aud"] == API
    for form in ([("scope", "profile admin")], [("resource", "https://evil.example")]):
        answer = program.call("POST", "/oauth1/jwt", credentials, form=form)
        assert problem(answer) == (403, "permission_denied")
    twice = program.call("POST", "/oauth1/jwt", credentials, form=[("scope", "openid"), ("scope", "email")])
    assert problem(twice) == (400, "parameter_rejected")


def test_what_was_not_allowed_is_not_told(house: House) -> None:
    program = OldProgram.of(house, msgspec.structs.replace(USUAL, scope="profile"))
    credentials = program.credentials()
    assert problem(program.call("GET", "/oauth1/userinfo", credentials)) == (403, "permission_denied")
    assert jwt_of(program, credentials)["scope"] == "profile"


def test_a_grant_ends_with_the_sign_in_unless_it_is_to_outlive_it(open_house: OpenHouse) -> None:
    house = open_house()
    usual = OldProgram.of(house)
    lasting = OldProgram.of(house, msgspec.structs.replace(USUAL, scope="openid offline_access"))
    short, long = usual.credentials(), lasting.credentials()
    live = house.browser().current
    assert live is not None
    house.gatepass.log_out.current(live)
    assert problem(usual.call("GET", "/oauth1/userinfo", short)) == (401, "token_rejected")
    assert lasting.call("GET", "/oauth1/userinfo", long).status_code == 200


def test_a_grant_that_is_used_goes_on(open_house: OpenHouse, clock: FakeClock) -> None:
    house = open_house(session_ttl=4000, refresh_token_idle=1000)
    program = OldProgram.of(house, msgspec.structs.replace(USUAL, scope="openid offline_access"))
    credentials = program.credentials()
    for _ in range(3):
        clock.advance(900)
        assert program.call("GET", "/oauth1/userinfo", credentials).status_code == 200
    clock.advance(1001)
    assert problem(program.call("GET", "/oauth1/userinfo", credentials)) == (401, "token_rejected")


@pytest.mark.parametrize("act", ["disable", "delete", "rotate"])
def test_who_is_gone_is_refused(open_house: OpenHouse, act: str) -> None:
    house = open_house()
    program = OldProgram.of(house)
    credentials = program.credentials()
    clients = house.gatepass.clients
    if act == "disable":
        change = AccountChange(is_enabled=False)
        house.gatepass.accounts.change(owner(house).id, change, by=AT_TERMINAL)
        wanted = (401, "token_rejected")
    elif act == "delete":
        clients.delete(program.client.id)
        wanted = (401, "signature_invalid")
    else:
        secret = clients.rotate_secret(program.client.id)
        wanted = (401, "signature_invalid")
        renewed = replace(program, secret=secret.reveal())
        assert renewed.call("GET", "/oauth1/userinfo", credentials).status_code == 200
    assert problem(program.call("GET", "/oauth1/userinfo", credentials)) == wanted


@pytest.mark.compliance(
    RFC, "4.5", "the database holds no secret, though signatures are checked with secrets"
)
def test_nothing_that_is_kept_is_a_secret(program: OldProgram, house: House) -> None:
    temporary = program.initiate()
    verifier = program.verifier(temporary)
    answer = program.exchange(temporary, verifier)
    path = house.gatepass.settings.database.removeprefix("sqlite:///")
    kept = b"".join(Path(path + end).read_bytes() for end in ("", "-wal"))
    for secret in (
        program.secret,
        temporary.secret,
        verifier,
        *answer.text.replace("&", "=").split("=")[1::2],
    ):
        assert secret.encode() not in kept
        assert repr(secret) not in repr(program.client)
