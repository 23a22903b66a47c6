"""``POST /refresh``: rotation, and what a replay costs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

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


@pytest.mark.compliance("RFC 9700", "4.14.2", "a refresh token that comes back ends what came of it")
def test_a_replay_ends_the_session(house: House) -> None:
    house.sign_up()
    first = house.log_in()
    second = house.refresh(first["refresh_token"]).get_json()
    other_device = house.log_in()
    assert refused(house, first["refresh_token"])
    assert refused(house, second["refresh_token"])
    assert house.get("/me", second["token"]).status_code == 401
    assert house.get("/me", other_device["token"]).status_code == 200
    assert not refused(house, other_device["refresh_token"])


def test_of_racing_refreshes_one_wins(house: House) -> None:
    house.sign_up()
    token = house.log_in()["refresh_token"]
    barrier = Barrier(8)

    def refresh(_: int) -> int:
        barrier.wait(timeout=30)
        return house.app.test_client().post("/refresh", json={"refresh_token": token}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(refresh, range(8))) == [200] + [400] * 7


@pytest.mark.parametrize("token", ["unknown", "gp_rt_" + "A" * 43, "a" * 10_000, "\0", "eyJh.eyJh.c2ln"])
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
