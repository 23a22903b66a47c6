"""A house with a program that people sign in to, on both databases."""

from collections.abc import Callable

import pytest

from tests.support.house import House
from tests.support.relying_party import RelyingParty, sign_in


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
