"""A house with a program that people sign in to, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.relying_party import RelyingParty, sign_in


@pytest.fixture
def open_house(ready_database_url: str, clock: FakeClock, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Open houses on one database: ``open_house(setting=value, ...)``."""
    houses: list[House] = []

    def open_one(**options: Any) -> House:
        settings = cheap_settings(ready_database_url, tmp_path / "data", auto_upgrade=False, **options)
        houses.append(House(settings, clock))
        return houses[-1]

    yield open_one
    for house in houses:
        house.gatepass.close()


@pytest.fixture
def house(open_house: Callable[..., House]) -> House:
    """A house in whose browser somebody is signed in."""
    house = open_house()
    sign_in(house)
    return house


@pytest.fixture
def app(house: House) -> RelyingParty:
    """A confidential client for the authorization code grant, with refresh tokens."""
    return RelyingParty.of(house)
