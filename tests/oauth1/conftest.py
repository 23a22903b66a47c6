"""A house that serves OAuth 1.0a, in whose browser somebody is signed in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gatepass_server.store.sql import schema
from tests.support.clock import FakeClock
from tests.support.house import House, cheap_settings
from tests.support.old_program import OldProgram
from tests.support.relying_party import sign_in

OpenHouse = Callable[..., House]


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    """One for all tests of a file."""
    return FakeClock()


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory, clock: FakeClock) -> Iterator[OpenHouse]:
    """Open houses: ``open_house(setting=value, ...)``; each has a database of its own."""
    houses: list[House] = []

    def open_one(**options: Any) -> House:
        folder = tmp_path_factory.mktemp("house")
        url = f"sqlite:///{folder / 'gatepass.db'}"
        schema.upgrade(url)
        settings = cheap_settings(url, folder / "data", **{"oauth1": True, **options})
        houses.append(House(settings, clock))
        sign_in(houses[-1])
        return houses[-1]

    yield open_one
    for house in houses:
        house.gatepass.close()


@pytest.fixture(scope="module")
def house(open_house: OpenHouse) -> House:
    """The usual one."""
    return open_house()


@pytest.fixture
def program(house: House) -> OldProgram:
    """A program with a secret."""
    return OldProgram.of(house)
