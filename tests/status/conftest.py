"""Keys, made once, and a feed whose clocks stand still."""

from collections.abc import Callable
from typing import Any

import pytest

from gatepass import Key
from tests.status.lists import World
from tests.support.clock import FakeClock

MakeWorld = Callable[..., World]


@pytest.fixture(scope="session")
def key() -> Key:
    """The issuer's key."""
    return Key.generate("ES256")


@pytest.fixture(scope="session")
def other_key() -> Key:
    """A key the issuer knows nothing of."""
    return Key.generate("ES256")


@pytest.fixture
def make_world(key: Key, clock: FakeClock) -> MakeWorld:
    """``make_world(max_stale=60, ...)``: a feed with this policy."""

    def make(**policy: Any) -> World:
        return World(key, clock, **policy)

    return make


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """A feed with the policy that is chosen where nothing is said."""
    return make_world()
