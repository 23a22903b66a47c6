"""What changes while a password is hashed counts, although the log-in began before it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from gatepass_server.crypto.passwords import PasswordHasher, Verdict
from gatepass_server.domain.errors import TooManyAttempts, WrongCredentials
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.sessions import Session
from gatepass_server.store.sql.sessions import SqlSessions
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD, House, cheap_settings

ADDRESS = "192.0.2.7"
LIMIT = 5


@pytest.fixture
def house(ready_database_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    settings = cheap_settings(ready_database_url, tmp_path / "data", login_failures_per_account=LIMIT)
    house = House(settings, clock)
    assert house.sign_up().status_code == 201
    yield house
    house.gatepass.close()


def log_in(house: House, password: str = PASSWORD) -> object:
    return house.gatepass.log_in(EMAIL, Secret(password), address=ADDRESS, device="test")


def while_the_right_password_is_hashed(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]
) -> None:
    """Let ``happens`` happen after the right password was found right and before the log-in goes on."""
    verify = PasswordHasher.verify

    def slow(self: PasswordHasher, stored: str, password: str) -> Verdict:
        verdict = verify(self, stored, password)
        if verdict.right:
            happens()
        return verdict

    monkeypatch.setattr(PasswordHasher, "verify", slow)


def fail(house: House, times: int, error: type[Exception] = WrongCredentials) -> None:
    for _ in range(times):
        with pytest.raises(error):
            log_in(house, "a wrong password")


@pytest.mark.advisory("django-allauth 65.19: rate limits exceeded under concurrency")
def test_a_right_guess_among_parallel_ones_is_refused_once_the_limit_is_reached(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    while_the_right_password_is_hashed(monkeypatch, lambda: fail(house, LIMIT))
    with pytest.raises(TooManyAttempts):
        log_in(house)
    fail(house, 1, TooManyAttempts)


def test_a_right_guess_before_the_limit_is_let_in_and_its_failures_are_forgotten(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    while_the_right_password_is_hashed(monkeypatch, lambda: fail(house, LIMIT - 1))
    assert log_in(house)
    fail(house, LIMIT)
    fail(house, 1, TooManyAttempts)


def test_an_account_that_is_disabled_meanwhile_gets_no_session(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[Any] = []
    while_the_right_password_is_hashed(
        monkeypatch, lambda: ended.append(house.gatepass.administration.disable(EMAIL))
    )
    with pytest.raises(WrongCredentials):
        log_in(house)
    assert house.gatepass.administration.disable(EMAIL)[1] == 0


def test_who_disables_the_account_while_a_session_is_kept_ends_that_session(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = SqlSessions.add
    disabling = Thread(target=house.gatepass.administration.disable, args=[EMAIL])

    def slow(self: SqlSessions, session: Session) -> None:
        disabling.start()
        disabling.join(0.3)  # it must wait for the log-in, and would be done by now if it did not
        add(self, session)

    monkeypatch.setattr(SqlSessions, "add", slow)
    token = house.try_log_in().get_json()["token"]
    disabling.join(30)
    assert house.get("/me", token).status_code == 401
    assert house.gatepass.administration.disable(EMAIL)[1] == 0, "no session was left to end"


def test_a_password_that_is_changed_meanwhile_opens_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change() -> None:
        user = house.gatepass.administration.find(EMAIL)
        with house.gatepass.store.write() as uow:
            assert uow.users.replace_password_hash(user.id, old=user.password_hash, new="$another")

    while_the_right_password_is_hashed(monkeypatch, change)
    with pytest.raises(WrongCredentials):
        log_in(house)
