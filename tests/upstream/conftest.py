"""A house, and another one through which people sign in to it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.other_house import OtherHouse, openid_settings, other_house
from tests.support.through import Traveller

Build = Callable[..., Traveller]


@pytest.fixture(scope="module")
def other_server() -> Iterator[OtherHouse]:
    """One server for all tests of a module."""
    with other_house(FakeClock()) as house:
        yield house


@pytest.fixture
def other(other_server: OtherHouse, clock: FakeClock) -> OtherHouse:
    """The other house, as it usually is."""
    fresh = OtherHouse(other_server.url, clock, key=other_server.key)
    vars(other_server).update(vars(fresh))
    return other_server


@pytest.fixture
def database(ready_sqlite_url: str) -> str:
    """Where the house keeps its accounts; files for which the database matters have both."""
    return ready_sqlite_url


@pytest.fixture
def build(database: str, tmp_path: Path, clock: FakeClock, other: OtherHouse) -> Iterator[Build]:
    """Makes a house whose settings have the other one as ``corp``, with these options or these tables."""
    made: list[House] = []

    def make(tables: dict[str, Any] | None = None, **options: Any) -> Traveller:
        upstream = {"corp": openid_settings(other, label="Corp", **options)} if tables is None else tables
        house = House(cheap_settings(database, tmp_path / "data", upstream=upstream), clock)
        made.append(house)
        return Traveller(house, other, next(iter(upstream)))

    yield make
    for house in made:
        house.gatepass.close()


@pytest.fixture
def ann(build: Build) -> Traveller:
    """Somebody who comes through an OpenID Connect provider with the usual settings."""
    return build()
