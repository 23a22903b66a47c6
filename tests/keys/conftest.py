"""A ring and its keeper on every database."""

from collections.abc import Iterator

import pytest

from gatepass_server.crypto.sealing import Sealer
from gatepass_server.keys.keeper import KeyKeeper
from gatepass_server.keys.ring import KeyRing
from gatepass_server.store.sql import SqlStore
from tests.support.clock import FakeClock
from tests.support.key_house import MASTER, KeyHouse


@pytest.fixture
def store(ready_database_url: str) -> Iterator[SqlStore]:
    store = SqlStore(ready_database_url)
    yield store
    store.close()


@pytest.fixture
def house(store: SqlStore, clock: FakeClock) -> KeyHouse:
    return KeyHouse(store, clock, MASTER)


@pytest.fixture
def keeper(house: KeyHouse) -> KeyKeeper:
    return house.keeper


@pytest.fixture
def ring(house: KeyHouse) -> KeyRing:
    return house.ring


@pytest.fixture
def other_ring(store: SqlStore, clock: FakeClock) -> KeyRing:
    """The ring of another process: nobody tells it of changes."""
    return KeyHouse(store, clock, MASTER).ring


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(lambda: [MASTER])
