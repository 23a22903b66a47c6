"""What happens while a refresh is under way: the session's last second, a small pool, an account that is disabled."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gatepass_server.accounts.tokens import AccessToken, Tokens
from gatepass_server.store.ports import Later
from gatepass_server.store.sql.refresh_tokens import SqlRefreshTokens
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, House, cheap_settings

if TYPE_CHECKING:
    from gatepass_server.domain.accounts import User

TTL = 60


@pytest.fixture
def open_house(ready_database_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[Callable[..., House]]:
    houses: list[House] = []

    def open_one(**options: Any) -> House:
        settings = cheap_settings(ready_database_url, tmp_path / "data", **options)
        houses.append(House(settings, clock))
        assert houses[-1].sign_up().status_code == 201
        return houses[-1]

    yield open_one
    for house in houses:
        house.gatepass.close()


@pytest.mark.parametrize("tick", [0.25, 0.5, 1.0, 30.0])
@pytest.mark.parametrize("early", [0.0, 0.5, 1.0, 1.5, 2.0])
def test_a_session_that_ends_while_it_is_refreshed_is_refused_or_lives_to_its_end(
    open_house: Callable[..., House], clock: FakeClock, early: float, tick: float
) -> None:
    house = open_house(session_ttl=TTL, refresh_token_idle=TTL, access_token_ttl=30)
    token = house.log_in()["refresh_token"]
    clock.advance(TTL - early - tick)
    clock.tick = tick
    answer = house.refresh(token)
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert answer.get_json()["expires_in"] > 0
    else:
        assert answer.get_json()["code"] == "invalid_grant"


def test_a_log_in_that_takes_longer_than_its_session_lasts_is_no_fault(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    house = open_house(session_ttl=TTL, refresh_token_idle=TTL)
    clock.tick = 2 * TTL
    assert house.try_log_in().status_code == 201


def test_one_connection_is_enough_for_a_refresh_after_the_keys_have_grown_old(
    open_house: Callable[..., House], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepass_server.store.sql.postgresql.POOL_TIMEOUT", 0.2)
    house = open_house(threads=4)
    token = house.log_in()["refresh_token"]
    clock.advance(600)
    with (
        house.gatepass.store.read(),
        house.gatepass.store.read(),
        house.gatepass.store.read(),
    ):
        assert house.refresh(token).status_code == 200


def test_what_is_signed_while_the_account_is_disabled_is_worth_nothing(
    open_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signature is made when the transaction is over; what it is made for has ended meanwhile."""
    house = open_house()
    token = house.log_in()["refresh_token"]
    access = Tokens.access

    def slow(self: Tokens, *arguments: Any, **options: Any) -> AccessToken:
        assert house.gatepass.administration.disable(EMAIL)[1] == 1
        return access(self, *arguments, **options)

    monkeypatch.setattr(Tokens, "access", slow)
    pair = house.refresh(token).get_json()
    assert house.get("/me", pair["token"]).status_code == 401
    assert house.refresh(pair["refresh_token"]).status_code == 400


@pytest.mark.parametrize("ready_database_url", ["postgresql"], indirect=True)
def test_who_disables_an_account_waits_for_a_refresh_under_way(
    open_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite one waits for the other anyway."""
    house = open_house()
    token = house.log_in()["refresh_token"]
    rotate = SqlRefreshTokens.rotate
    disabling = ThreadPoolExecutor(1)
    begun: list[Future[tuple[User, int]]] = []

    def slow(self: SqlRefreshTokens, *arguments: Any, **options: Any) -> Later[bool]:
        rotated = rotate(self, *arguments, **options)

        def told() -> bool:
            was_rotated = rotated.told()
            begun.append(disabling.submit(house.gatepass.administration.disable, EMAIL))
            with pytest.raises(TimeoutError):
                begun[0].result(timeout=0.3)
            return was_rotated

        return Later(told)

    monkeypatch.setattr(SqlRefreshTokens, "rotate", slow)
    pair = house.refresh(token).get_json()
    assert begun[0].result(timeout=10)[1] == 1
    disabling.shutdown()
    assert house.get("/me", pair["token"]).status_code == 401
