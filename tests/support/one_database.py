"""For files that show what programs and browsers are told, where it is all the same which database keeps it.

``from tests.support.one_database import ready_database_url`` there, and their houses are on SQLite alone. That the
store does the same on both, and nothing else reaches a database, is shown in ``tests/store/conformance``; whole
journeys, races and hostile texts run on both everywhere.
"""

import pytest


@pytest.fixture
def ready_database_url(ready_sqlite_url: str) -> str:
    """A database with empty tables."""
    return ready_sqlite_url
