"""Somebody in front of the pages."""

from collections.abc import Callable

import pytest

from tests.support.house import House
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here
from tests.support.visitor import Visitor


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
