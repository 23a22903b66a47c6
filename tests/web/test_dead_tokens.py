"""The server honours no token whose session, account or key is gone, although its signature is good."""

from collections.abc import Callable

import pytest

from gatepass_server.domain.signing_keys import LONGEST_TOKEN
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, House

INVALID = (401, {"message": "Token is invalid"})


def answers(house: House, token: str) -> list[tuple[int, object]]:
    return [
        (answer.status_code, answer.get_json())
        for answer in (house.get("/me", token), house.get("/user", token))
    ]


def test_a_disabled_account_is_out_at_once(house: House) -> None:
    token = house.token()
    _, ended = house.gatepass.administration.disable(EMAIL)
    assert ended == 1
    assert answers(house, token) == [INVALID, INVALID]


def test_the_token_of_an_ended_session_is_refused_and_others_are_not(house: House) -> None:
    token, other = house.token(), house.log_in()["token"]
    session_id = house.gatepass.verifier.verify(token).session_id
    assert session_id is not None
    with house.gatepass.store.write() as uow:
        assert uow.sessions.end(session_id, 1_790_000_000)
    assert answers(house, token) == [INVALID, INVALID]
    assert house.get("/me", other).status_code == 200


def test_an_emergency_rotation_refuses_every_older_token(house: House) -> None:
    token = house.token()
    assert house.gatepass.keeper is not None
    house.gatepass.keeper.rotate(now=True)
    assert answers(house, token) == [INVALID, INVALID]
    assert house.get("/me", house.log_in()["token"]).status_code == 200


def test_an_emergency_rotation_logs_nobody_out(house: House) -> None:
    house.sign_up()
    tokens = house.log_in()
    assert house.gatepass.keeper is not None
    house.gatepass.keeper.rotate(now=True)
    assert answers(house, tokens["token"]) == [INVALID, INVALID]
    fresh = house.refresh(tokens["refresh_token"]).get_json()["token"]
    assert house.get("/me", fresh).status_code == 200


def test_an_emergency_rotation_reaches_other_processes_within_five_seconds(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    here, there = open_house(), open_house()
    token = here.token()
    assert there.get("/me", token).status_code == 200
    assert here.gatepass.keeper is not None
    here.gatepass.keeper.rotate(now=True)
    fresh = here.log_in()["token"]
    clock.advance(5)
    assert there.get("/me", token).status_code == 401
    assert there.get("/me", fresh).status_code == 200
    assert there.client.get("/.well-known/jwks.json").data == here.client.get("/.well-known/jwks.json").data


def test_a_planned_rotation_keeps_every_token(house: House, clock: FakeClock) -> None:
    token = house.token()
    assert house.gatepass.keeper is not None
    house.gatepass.keeper.rotate()
    assert len(house.client.get("/.well-known/jwks.json").get_json()["keys"]) == 2
    clock.advance(house.gatepass.settings.key_publish_lead - 1)
    before = house.log_in()["token"]
    clock.advance(5)
    after = house.log_in()["token"]
    assert before.split(".")[0] != after.split(".")[0]
    for living in (before, after):
        assert house.get("/me", living).status_code == 200
    assert house.get("/me", token).status_code == 401  # by its own age
    clock.advance(2 * LONGEST_TOKEN)
    assert len(house.client.get("/.well-known/jwks.json").get_json()["keys"]) == 1


@pytest.mark.compliance("RFC 9068", "4", "a token for another audience is refused")
def test_a_token_of_another_house_on_the_same_keys_is_refused(open_house: Callable[..., House]) -> None:
    house, other = open_house(), open_house(issuer="https://other.example.com")
    token = house.token()
    assert answers(other, token) == [INVALID, INVALID]


@pytest.mark.compliance(
    "RFC 6750", "3.1", "a token that may not do this is refused with 403 and insufficient_scope"
)
def test_a_token_that_was_narrowed_for_another_api_is_worth_nothing_here(
    open_house: Callable[..., House],
) -> None:
    house = open_house(login_scope="account orders:read")
    house.sign_up()
    refresh_token = house.log_in()["refresh_token"]
    body = {"refresh_token": refresh_token, "scope": "orders:read"}
    narrow = house.client.post("/refresh", json=body).get_json()["token"]
    bearer = {"Authorization": f"Bearer {narrow}"}
    for method, path in (
        ("GET", "/user"),
        ("GET", "/me"),
        ("GET", "/sessions"),
        ("DELETE", "/sessions"),
        ("DELETE", f"/sessions/{house.gatepass.verifier.verify(narrow).session_id}"),
        ("POST", "/me/password"),
    ):
        answer = house.client.open(path, method=method, headers=bearer)
        assert answer.status_code == 403
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
        assert 'scope="account"' in answer.headers["WWW-Authenticate"]
    assert house.client.post("/logout", headers=bearer).status_code == 204  # its own session it may end


def test_where_log_ins_have_no_account_scope_none_is_asked_for(open_house: Callable[..., House]) -> None:
    house = open_house(login_scope="orders:read")
    assert house.get("/me", house.token()).status_code == 200
