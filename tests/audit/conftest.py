"""A house with its door open, and its log, on both databases."""

from collections.abc import Callable

import pytest

from tests.support.house import House


@pytest.fixture
def house(open_house: Callable[..., House]) -> House:
    """A house with the default settings, but for the cost of hashes and keys."""
    return open_house()
