"""Keys, and a place that publishes one."""

from collections.abc import Iterator

import pytest

from gatepass import Key
from tests.sources.place import Place


@pytest.fixture(scope="session")
def key() -> Key:
    return Key.generate("ES256")


@pytest.fixture(scope="session")
def other_key() -> Key:
    return Key.generate("ES256")


@pytest.fixture(scope="session")
def rsa_key() -> Key:
    return Key.from_private_der(Key.generate("RS256").to_private_der(), trusted=True)


@pytest.fixture
def place(key: Key) -> Iterator[Place]:
    place = Place(key)
    yield place
    place.open.set()
