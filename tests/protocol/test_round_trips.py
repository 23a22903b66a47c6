"""How often the way of a code and of a refresh token waits for PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.relying_party import RelyingParty, sign_in
from tests.support.round_trips import noted_round_trips


@pytest.fixture
def app(ready_postgres_url: str, clock: FakeClock, tmp_path: Path) -> Iterator[RelyingParty]:
    """A program on PostgreSQL, which has been through everything once."""
    house = House(cheap_settings(ready_postgres_url, tmp_path / "data", auto_upgrade=False), clock)
    sign_in(house)
    app = RelyingParty.of(house)
    refreshed(app, app.tokens()["refresh_token"])
    yield app
    house.gatepass.close()


def refreshed(app: RelyingParty, token: str) -> None:
    assert app.token(grant_type="refresh_token", refresh_token=token).status_code == 200


def test_of_a_code(app: RelyingParty, monkeypatch: pytest.MonkeyPatch) -> None:
    trips = noted_round_trips(monkeypatch)
    code = app.code()
    issued = len(trips)
    assert issued <= 3, (
        trips
    )  # one for what the person consented to, which nobody asks for a program of the house
    assert app.redeem(code).status_code == 200
    assert len(trips) - issued <= 4, trips


def test_of_a_refresh_token(app: RelyingParty, monkeypatch: pytest.MonkeyPatch) -> None:
    token = app.tokens()["refresh_token"]
    trips = noted_round_trips(monkeypatch)
    refreshed(app, token)
    assert len(trips) <= 2, trips
