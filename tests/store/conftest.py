"""What the tests of the store share."""

from collections.abc import Iterator

import pytest

from gatepass_server.store.sql import SqlStore, postgresql, watch
from tests.support.event_loops import open_one
from tests.support.processes import Processes, processes


@pytest.fixture(scope="session")
def four_processes() -> Iterator[Processes]:
    """Four processes that race."""
    with processes(4) as running:
        yield running


@pytest.fixture
def loop_store(ready_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlStore]:
    """A store that has a connection at hand, and waits as long for it as a busy machine may need."""
    monkeypatch.setattr(
        postgresql, "LIMITS_IN_EVENT_LOOP", {"statement_timeout": "5s", "lock_timeout": "15ms"}
    )
    monkeypatch.setattr(watch, "PATIENCE", 5.0)
    store = SqlStore(ready_postgres_url, pool_size=2)
    open_one(store)
    yield store
    store.close()
