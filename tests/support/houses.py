"""The fixture that opens houses."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings


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
