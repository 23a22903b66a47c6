"""``POST /refresh``: rotation, and what a replay costs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from werkzeug.test import TestResponse

from tests.support.clock import FakeClock
from tests.support.house import EMAIL, House

DEAD = "The refresh token is not valid. Log in again."


def refused(house: House, token: str) -> bool:
    answer = house.refresh(token)
    if answer.status_code == 200:
        return False
    assert answer.status_code == 400
    problem = answer.get_json()
    assert (problem["code"], problem["detail"]) == ("invalid_grant", DEAD)
    return True


@pytest.mark.parametrize("form", ["json", "data"])
def test_a_refresh_token_buys_the_next_pair(house: House, clock: FakeClock, form: str) -> None:
    house.sign_up()
    first = house.log_in()
    clock.advance(1700)
    answer = house.client.post("/refresh", **{form: {"refresh_token": first["refresh_token"]}})
    assert answer.status_code == 200
    second = answer.get_json()
    assert set(second) == set(first)
    assert second["refresh_token"] != first["refresh_token"]
    assert house.get("/me", first["token"]).status_code == 200
    clock.advance(200)
    assert house.get("/me", first["token"]).status_code == 401
    assert house.get("/me", second["token"]).status_code == 200


def test_a_second_tab_gets_the_same_successor(house: House, clock: FakeClock) -> None:
    house.sign_up()
    first = house.log_in()
    second = house.refresh(first["refresh_token"]).get_json()
    clock.advance(10)
    again = house.refresh(first["refresh_token"]).get_json()
    assert again["refresh_token"] == second["refresh_token"]
    for pair in (second, again):
        assert house.get("/me", pair["token"]).status_code == 200
    assert not refused(house, second["refresh_token"])


@pytest.mark.compliance("RFC 9700", "4.14.2", "a refresh token that comes back ends what came of it")
@pytest.mark.parametrize("window", [0, 1, 10])
def test_a_replay_outside_the_window_ends_the_session(
    open_house: Callable[..., House], clock: FakeClock, window: int
) -> None:
    house = open_house(refresh_reuse_window=window)
    house.sign_up()
    first = house.log_in()
    second = house.refresh(first["refresh_token"]).get_json()
    other_device = house.log_in()
    clock.advance(window + 1)
    assert refused(house, first["refresh_token"])
    assert refused(house, second["refresh_token"])
    assert house.get("/me", second["token"]).status_code == 401
    assert house.get("/me", other_device["token"]).status_code == 200
    assert not refused(house, other_device["refresh_token"])


def test_without_a_window_a_replay_in_the_same_second_ends_the_session(
    open_house: Callable[..., House],
) -> None:
    house = open_house(refresh_reuse_window=0)
    house.sign_up()
    first = house.log_in()["refresh_token"]
    second = house.refresh(first).get_json()["refresh_token"]
    assert refused(house, first)
    assert refused(house, second)


def test_a_token_two_generations_back_ends_the_session_within_the_window_too(house: House) -> None:
    house.sign_up()
    first = house.log_in()["refresh_token"]
    second = house.refresh(first).get_json()["refresh_token"]
    third = house.refresh(second).get_json()["refresh_token"]
    assert refused(house, first)
    assert refused(house, third)


def test_a_forged_token_of_a_known_family_ends_the_session(house: House) -> None:
    """Who knows the family has seen a token of it."""
    house.sign_up()
    token = house.log_in()["refresh_token"]
    assert refused(house, token.partition(".")[0] + "." + "A" * 43)
    assert refused(house, token)


def test_a_server_whose_clock_is_behind_hands_the_successor_out_again(house: House, clock: FakeClock) -> None:
    clock.advance(7200)  # the key is older than all that follows
    house.sign_up()
    first = house.log_in()["refresh_token"]
    second = house.refresh(first).get_json()["refresh_token"]
    clock.advance(-3)
    assert house.refresh(first).get_json()["refresh_token"] == second
    clock.advance(-3600)
    assert refused(house, first)


def _at_once(house: House, token: str, count: int) -> list[TestResponse]:
    barrier = Barrier(count)

    def refresh(_: int) -> TestResponse:
        barrier.wait(timeout=30)
        return house.app.test_client().post("/refresh", json={"refresh_token": token})

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(refresh, range(count)))


def test_racing_refreshes_all_get_one_successor(house: House) -> None:
    house.sign_up()
    answers = _at_once(house, house.log_in()["refresh_token"], 8)
    assert [answer.status_code for answer in answers] == [200] * 8
    (successor,) = {answer.get_json()["refresh_token"] for answer in answers}
    assert not refused(house, successor)


def test_of_racing_refreshes_without_a_window_one_wins_and_the_others_end_the_session(
    open_house: Callable[..., House],
) -> None:
    house = open_house(refresh_reuse_window=0)
    house.sign_up()
    answers = _at_once(house, house.log_in()["refresh_token"], 8)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    (won,) = [answer.get_json() for answer in answers if answer.status_code == 200]
    assert refused(house, won["refresh_token"])


@pytest.mark.compliance("RFC 6749", "6", "the scope of a refresh can shrink, and never grow")
def test_a_scope_can_shrink_and_comes_back_with_the_next_refresh(open_house: Callable[..., House]) -> None:
    house = open_house(login_scope="account orders:read orders:write")
    house.sign_up()
    token = house.log_in()["refresh_token"]
    verify = house.gatepass.verifier.verify

    def refresh(**fields: str) -> dict[str, str]:
        answer = house.client.post("/refresh", json={"refresh_token": token, **fields})
        return dict(answer.get_json())

    for asked in ("orders:write orders:delete", "orders", "account  orders:read", " "):
        assert refresh(scope=asked)["code"] == "invalid_scope"
    good, token = token, token.partition(".")[0] + ".forged"
    assert refresh(scope="orders:delete")["code"] == "invalid_grant"  # a replay is told first
    assert refused(house, good)
    token = house.log_in()["refresh_token"]
    narrow = refresh(scope="orders:read")
    assert narrow["scope"] == "orders:read"
    assert verify(narrow["token"]).scopes == {"orders:read"}
    token = narrow["refresh_token"]
    assert verify(refresh()["token"]).scopes == {"account", "orders:read", "orders:write"}


@pytest.mark.parametrize(
    "token", ["unknown", "gp_rt_" + "A" * 43, "gp_rt_A.A", ".", "a" * 10_000, "\0", "eyJh.eyJh.c2ln"]
)
def test_a_token_that_was_never_given_out_is_refused(house: House, token: str) -> None:
    assert refused(house, token)


def test_an_access_token_is_no_refresh_token(house: House) -> None:
    assert refused(house, house.token())


def test_a_refresh_token_is_no_access_token(house: House) -> None:
    house.sign_up()
    assert house.get("/me", house.log_in()["refresh_token"]).status_code == 401


@pytest.mark.parametrize("sent", [{}, {"refresh_token": ""}, {"refresh_token": None}])
def test_a_missing_refresh_token_is_named(house: House, sent: dict[str, str]) -> None:
    answer = house.client.post("/refresh", json=sent)
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.get_json()["errors"]] == ["refresh_token"]


def test_an_unused_refresh_token_dies(house: House, clock: FakeClock) -> None:
    house.sign_up()
    token = house.log_in()["refresh_token"]
    clock.advance(house.gatepass.settings.refresh_token_idle)
    assert refused(house, token)


def test_a_session_ends_however_often_it_is_refreshed(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    house = open_house(session_ttl=3600, refresh_token_idle=2000)
    house.sign_up()
    tokens = house.log_in()
    clock.advance(1900)
    tokens = house.refresh(tokens["refresh_token"]).get_json()
    assert tokens["expires_in"] == 1700  # no token outlives its session
    clock.advance(1699)
    assert house.get("/me", tokens["token"]).status_code == 200
    clock.advance(1)
    assert refused(house, tokens["refresh_token"])
    assert house.get("/me", tokens["token"]).status_code == 401


def test_a_disabled_account_is_not_refreshed(house: House) -> None:
    house.sign_up()
    token = house.log_in()["refresh_token"]
    house.gatepass.administration.disable(EMAIL)
    assert refused(house, token)
