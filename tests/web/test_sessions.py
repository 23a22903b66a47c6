"""``/sessions``: where one is logged in, and the end of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.house import EMAIL, House

OTHER = "bob@example.com"


def listed(house: House, token: str, query: str = "") -> list[dict[str, Any]]:
    answer = house.get(f"/sessions{query}", token)
    assert answer.status_code == 200, answer.text
    sessions: list[dict[str, Any]] = answer.get_json()["sessions"]
    return sessions


def delete(house: House, path: str, token: str) -> tuple[int, Any]:
    answer = house.client.delete(path, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.get_json(silent=True)


def sid(house: House, token: str) -> str:
    session_id = house.gatepass.verifier.verify(token).session_id
    assert session_id is not None
    return session_id


def test_a_list_tells_where_and_when_and_which_one_is_current(house: House, clock: FakeClock) -> None:
    house.sign_up()
    created = int(clock())
    phone = house.try_log_in(headers={"User-Agent": "Phone/1"}, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    clock.advance(60)
    laptop = house.try_log_in(headers={"User-Agent": "Laptop/2"})
    clock.advance(60)
    house.refresh(phone.get_json()["refresh_token"])
    here, there = listed(house, laptop.get_json()["token"])
    assert (here["current"], here["device"]) == (True, "Laptop/2")
    settings = house.gatepass.settings
    assert there == {
        "id": sid(house, phone.get_json()["token"]),
        "current": False,
        "mode": "token",
        "client_id": "gatepass",
        "scope": "account",
        "methods": ["pwd"],
        "address": "192.0.2.9",
        "device": "Phone/1",
        "created_at": created,
        "last_seen_at": created + 120,
        "idle_expires_at": created + 120 + settings.refresh_token_idle,
        "expires_at": created + settings.session_ttl,
    }


def test_only_live_sessions_of_oneself_are_listed(open_house: Callable[..., House], clock: FakeClock) -> None:
    house = open_house(refresh_token_idle=3600)
    house.sign_up()
    house.log_in()
    clock.advance(3600)
    house.token(OTHER)
    ended, mine = house.log_in()["token"], house.log_in()["token"]
    delete(house, f"/sessions/{sid(house, ended)}", mine)
    assert [session["id"] for session in listed(house, mine)] == [sid(house, mine)]


def test_pages_follow_one_another(house: House) -> None:
    house.sign_up()
    tokens = [house.log_in()["token"] for _ in range(5)]
    seen: list[str] = []
    query = "?limit=2"
    while query:
        body = house.get(f"/sessions{query}", tokens[0]).get_json()
        seen += [session["id"] for session in body["sessions"]]
        query = f"?limit=2&after={body['next']}" if "next" in body else ""
    assert sorted(seen) == sorted(sid(house, token) for token in tokens)


def test_one_session_ends_and_its_tokens_with_it(house: House) -> None:
    house.sign_up()
    here, there = house.log_in(), house.log_in()
    path = f"/sessions/{sid(house, there['token'])}"
    assert delete(house, path, here["token"]) == (204, None)
    assert house.get("/me", there["token"]).status_code == 401
    assert house.refresh(there["refresh_token"]).status_code == 400
    assert house.get("/me", here["token"]).status_code == 200
    assert delete(house, path, here["token"])[0] == 404


def test_the_current_session_can_be_ended_by_its_id(house: House) -> None:
    token = house.token()
    assert delete(house, f"/sessions/{sid(house, token)}", token)[0] == 204
    assert house.get("/me", token).status_code == 401


def test_somebody_elses_session_looks_like_none(house: House) -> None:
    mine, theirs = house.token(), house.token(OTHER)
    refused = [
        delete(house, f"/sessions/{name}", mine) for name in (sid(house, theirs), "no-such", "%00", "a" * 65)
    ]
    assert {status for status, _ in refused} == {404}
    assert len({body["detail"] for _, body in refused}) == 1
    assert house.get("/me", theirs).status_code == 200


def test_all_others_end_and_this_one_goes_on(house: House) -> None:
    house.sign_up()
    mine, *others = (house.log_in()["token"] for _ in range(4))
    theirs = house.token(OTHER)
    assert delete(house, "/sessions", mine) == (200, {"ended": 3})
    assert delete(house, "/sessions", mine) == (200, {"ended": 0})
    assert {house.get("/me", token).status_code for token in others} == {401}
    assert {house.get("/me", token).status_code for token in (mine, theirs)} == {200}


def test_an_admin_sees_and_ends_the_sessions_of_others(house: House) -> None:
    theirs = [house.token(), house.log_in()["token"], house.log_in()["token"]]
    admin = house.token("admin@example.com", is_admin=True)
    user_id = house.gatepass.administration.find(EMAIL).id
    assert len(listed(house, admin, f"?user={user_id}")) == 3
    assert delete(house, f"/sessions/{sid(house, theirs[0])}", admin)[0] == 204
    assert delete(house, f"/sessions?user={user_id}", admin) == (200, {"ended": 2})
    assert {house.get("/me", token).status_code for token in theirs} == {401}
    assert listed(house, admin, f"?user={user_id}") == []
    assert house.get("/me", admin).status_code == 200


def test_nobody_else_sees_or_ends_the_sessions_of_others(house: House) -> None:
    mine, theirs = house.token(), house.token(OTHER)
    user_id = house.gatepass.administration.find(OTHER).id
    assert house.get(f"/sessions?user={user_id}", mine).status_code == 403
    assert house.get("/sessions?user=no-such", mine).status_code == 403
    assert delete(house, f"/sessions?user={user_id}", mine)[0] == 403
    assert house.get("/me", theirs).status_code == 200


@pytest.mark.parametrize("query", ["?user=%00", "?limit=0", "?after=a%20b", "?user=a&user=b"])
def test_a_bad_parameter_is_named(house: House, query: str) -> None:
    answer = house.get(f"/sessions{query}", house.token())
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["field"] in query


def test_no_access_token_outlives_a_session_that_is_left_idle(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    """Elsewhere it would go on, for a session that is in no list and that nobody can end by its name."""
    house = open_house(refresh_token_idle=600, access_token_ttl=1800)
    house.sign_up()
    tokens = house.log_in()
    assert tokens["expires_in"] == 600
    clock.advance(599)
    assert house.refresh(tokens["refresh_token"]).get_json()["expires_in"] == 600


def test_a_session_that_was_left_idle_is_over(open_house: Callable[..., House], clock: FakeClock) -> None:
    house = open_house(refresh_token_idle=600, access_token_ttl=1800)
    token = house.token()
    clock.advance(599)
    assert house.get("/me", token).status_code == 200
    clock.advance(1)
    assert house.get("/me", token).status_code == 401
