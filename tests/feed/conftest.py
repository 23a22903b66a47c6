"""The server's side of the revocation feed, on both databases."""

from collections.abc import Iterator

import pytest

from gatepass_server.store.sql import SqlStore


@pytest.fixture
def store(ready_database_url: str) -> Iterator[SqlStore]:
    """An empty store with its tables."""
    store = SqlStore(ready_database_url)
    yield store
    store.close()
