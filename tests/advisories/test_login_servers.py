"""Past holes of neighbouring log-in servers, kept shut."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD, House, cheap_settings

WRONG = "quite another password"


@pytest.fixture
def houses(ready_database_url: str, clock: FakeClock, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Servers on one database: ``houses(setting=value, ...)``."""
    opened: list[House] = []

    def open_one(**options: Any) -> House:
        settings = cheap_settings(ready_database_url, tmp_path / "data", auto_upgrade=False, **options)
        opened.append(House(settings, clock))
        return opened[-1]

    yield open_one
    for house in opened:
        house.gatepass.close()


def at_once(count: int, request: Callable[[int], TestResponse]) -> list[TestResponse]:
    """Send ``count`` requests in the same moment."""
    barrier = Barrier(count)

    def send(number: int) -> TestResponse:
        barrier.wait(timeout=30)
        return request(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(send, range(count)))


@pytest.mark.advisory("django-allauth 65.19 (rate limits exceeded under concurrency)")
def test_attempts_at_the_same_moment_cannot_pass_the_limit_together(houses: Callable[..., House]) -> None:
    house = houses(login_failures_per_account=5, hash_queue=64)
    house.sign_up()

    def guess(_: int) -> TestResponse:
        body = {"email": EMAIL, "password": WRONG}
        return house.app.test_client().post("/login", json=body)

    assert Counter(answer.status_code for answer in at_once(16, guess)) == {403: 5, 429: 11}


@pytest.mark.advisory("django-allauth 65.19 (rate limits exceeded under concurrency)")
def test_guesses_at_many_accounts_at_the_same_moment_cannot_pass_the_limit_of_the_address(
    houses: Callable[..., House],
) -> None:
    house = houses(login_failures_per_address=5, hash_queue=64)

    def guess(number: int) -> TestResponse:
        body = {"email": f"u{number}@example.com", "password": WRONG}
        return house.app.test_client().post("/login", json=body)

    assert Counter(answer.status_code for answer in at_once(16, guess)) == {403: 5, 429: 11}


@pytest.mark.advisory("CVE-2026-9798 (Keycloak: a lockout that one of two paths forgets)")
def test_a_locked_account_stays_locked_for_the_right_password_and_for_other_addresses(
    houses: Callable[..., House],
) -> None:
    house = houses(login_failures_per_account=2)
    house.sign_up()
    for _ in range(3):
        house.try_log_in(password=WRONG)
    for address in ("192.0.2.1", "2001:db8::1"):
        assert house.try_log_in(environ_base={"REMOTE_ADDR": address}).status_code == 429


@pytest.mark.advisory("django-allauth 65.20 (Unicode look-alikes had limits of their own)")
@pytest.mark.parametrize(
    "look_alike",
    ["\uff21\uff2e\uff2e@example.com", "ann@\uff45xample.com", "Ann@Example.COM", "\u00e3nn@example.com"],
)
def test_a_look_alike_address_is_one_account_with_one_limit_or_another_account(
    houses: Callable[..., House], look_alike: str
) -> None:
    house = houses(login_failures_per_account=1)
    house.sign_up()
    is_same = house.try_log_in(look_alike).status_code == 201
    assert is_same == ("\u00e3" not in look_alike)
    assert house.try_log_in(look_alike, WRONG).status_code == (403 if is_same else 429)
    assert house.try_log_in(EMAIL, WRONG).status_code == (429 if is_same else 403)


@pytest.mark.advisory("Keycloak 50999 (two rotations within one second)")
def test_rotations_within_one_second_are_told_apart(houses: Callable[..., House]) -> None:
    house = houses()
    house.sign_up()
    tokens = [house.log_in()["refresh_token"]]
    for _ in range(4):
        tokens.append(house.refresh(tokens[-1]).get_json()["refresh_token"])
    assert len(set(tokens)) == 5
    assert house.refresh(tokens[-2]).get_json()["refresh_token"] == tokens[-1]
    assert house.refresh(tokens[-3]).status_code == 400
    assert house.refresh(tokens[-1]).status_code == 400


@pytest.mark.advisory("CVE-2026-1035 (Keycloak: parallel refreshes each got a successor)")
def test_parallel_refreshes_leave_at_most_one_successor(houses: Callable[..., House]) -> None:
    here, there = houses(), houses()
    here.sign_up()
    token = here.log_in()["refresh_token"]

    def refresh(number: int) -> TestResponse:
        app = (here, there)[number % 2].app
        return app.test_client().post("/refresh", json={"refresh_token": token})

    answers = at_once(12, refresh)
    assert Counter(answer.status_code for answer in answers) == {200: 12}
    assert len({answer.get_json()["refresh_token"] for answer in answers}) == 1


@pytest.mark.advisory("CVE-2026-9802 (Keycloak: reuse was forgotten after a restart)")
def test_a_replay_is_known_after_a_restart(houses: Callable[..., House], clock: FakeClock) -> None:
    before = houses()
    before.sign_up()
    first = before.log_in()["refresh_token"]
    second = before.refresh(first).get_json()["refresh_token"]
    before.gatepass.close()
    clock.advance(11)
    after = houses()
    assert after.refresh(first).status_code == 400
    assert after.refresh(second).status_code == 400


@pytest.mark.advisory("django-oauth-toolkit 1617 (tokens several generations old were accepted)")
@pytest.mark.advisory("CVE-2020-10594 (drf-jwt: a token that was ended could still be refreshed)")
def test_a_token_of_any_earlier_generation_ends_the_family(houses: Callable[..., House]) -> None:
    house = houses()
    house.sign_up()
    oldest = house.log_in()
    newest = oldest
    for _ in range(3):
        newest = house.refresh(newest["refresh_token"]).get_json()
    assert house.refresh(oldest["refresh_token"]).status_code == 400
    assert house.refresh(newest["refresh_token"]).status_code == 400
    assert house.get("/me", newest["token"]).status_code == 401


@pytest.mark.advisory("CVE-2026-93999 (Keycloak: a disabled client was still refreshed)")
def test_a_disabled_account_is_neither_refreshed_nor_let_in(houses: Callable[..., House]) -> None:
    house = houses()
    house.sign_up()
    tokens = house.log_in()
    house.gatepass.administration.disable(EMAIL)
    assert house.refresh(tokens["refresh_token"]).status_code == 400
    assert house.try_log_in().status_code == 403
    assert house.get("/me", tokens["token"]).status_code == 401
    assert house.sign_up(password=PASSWORD).status_code == 202


def test_log_ins_of_one_account_at_the_same_moment_do_not_block_one_another(
    houses: Callable[..., House],
) -> None:
    """Each counts its attempt and takes it back: two rows that all of them lock in the same order."""
    house = houses(hash_queue=64, login_failures_per_account=1000, login_failures_per_address=1000)
    house.sign_up()

    def log_in(_: int) -> TestResponse:
        return house.app.test_client().post("/login", json={"email": EMAIL, "password": PASSWORD})

    for _ in range(4):
        assert {answer.status_code for answer in at_once(16, log_in)} == {201}
