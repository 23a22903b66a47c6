"""Log-ins take away what has ended, so that the tables do not grow with time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings

DAY = 86_400


@pytest.fixture
def house(ready_database_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    settings = cheap_settings(
        ready_database_url, tmp_path / "data", session_ttl=7 * DAY, refresh_token_idle=7 * DAY
    )
    house = House(settings, clock)
    house.sign_up()
    yield house
    house.gatepass.close()


def test_sessions_a_day_past_their_end_are_gone_after_a_few_log_ins_and_others_stay(
    house: House, clock: FakeClock
) -> None:
    old = [house.log_in() for _ in range(4)]
    sids = [house.gatepass.verifier.verify(tokens["token"]).session_id for tokens in old]
    clock.advance(7 * DAY)
    young = house.log_in()
    clock.advance(DAY + 61)
    for _ in range(2):
        house.log_in()
    with house.gatepass.store.read() as uow:
        assert not [sid for sid in sids if sid and uow.sessions.with_user(sid)]
    assert house.refresh(young["refresh_token"]).status_code == 200
    assert house.refresh(old[0]["refresh_token"]).status_code == 400


def test_the_bit_of_an_ended_session_stays_until_its_last_token_has_expired_by_any_clock(
    ready_database_url: str, tmp_path: Path, clock: FakeClock
) -> None:
    """The clock of who looks after the tables may be ahead of that of an API by a minute."""
    house = House(cheap_settings(ready_database_url, tmp_path / "data", access_token_ttl=DAY), clock)
    token = house.token()
    house.client.post("/logout", headers={"Authorization": f"Bearer {token}"})
    clock.advance(DAY + 59)
    house.log_in()
    with house.gatepass.store.read() as uow:
        assert uow.status_lists.ended(1, since=None)
    house.gatepass.close()
