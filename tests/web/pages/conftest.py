"""Somebody in front of the pages."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.visitor import Visitor


@pytest.fixture
def open_house(ready_sqlite_url: str, clock: FakeClock, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Open houses on one database: ``open_house(setting=value, ...)``. What pages keep is tested on both elsewhere."""
    houses: list[House] = []

    def open_one(**options: Any) -> House:
        settings = cheap_settings(ready_sqlite_url, tmp_path / "data", auto_upgrade=False, **options)
        houses.append(House(settings, clock))
        return houses[-1]

    yield open_one
    for house in houses:
        house.gatepass.close()


@pytest.fixture
def house(open_house: Callable[..., House]) -> House:
    """A house in which Ann has an account."""
    house = open_house()
    house.sign_up()
    return house


@pytest.fixture
def visitor(house: House) -> Visitor:
    """Ann's browser."""
    return Visitor(house)
