"""What a store does in an event loop, on PostgreSQL."""

import select
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import LiteralString

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from gatepass_server.store.ports.patience import Arriving, WithoutWaiting, WouldWait, take_owed
from gatepass_server.store.sql import SqlStore, at_hand
from gatepass_server.store.sql.server_database import ServerDatabase
from tests.support.asking import add, say

USERS: LiteralString = "LOCK TABLE gatepass_users"
COUNTERS: LiteralString = "LOCK TABLE gatepass_throttles"
DAWDLE: LiteralString = """
    CREATE OR REPLACE FUNCTION dawdle() RETURNS trigger AS
        'BEGIN PERFORM pg_sleep({}); RETURN NULL; END' LANGUAGE plpgsql;
    CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON {} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION dawdle()
"""


def prepare(store: SqlStore) -> None:
    """Have it ready for an event loop, whatever the database is."""
    if isinstance(store._database, ServerDatabase):
        open_one(store)


def open_one(store: SqlStore) -> None:
    """Ask in vain, whereupon a thread opens a connection to PostgreSQL, and wait until it has."""
    with pytest.raises(WouldWait), WithoutWaiting():
        look(store)
    wait_for_threads("connect")


def wait_for_threads(name: str) -> None:
    """Wait until those of a name have ended."""
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(10)


def look(store: SqlStore) -> None:
    """Read something."""
    with store.look() as uow:
        assert uow.users.by_id("nobody") is None


def add_owed(store: SqlStore, user_id: str) -> Arriving:
    """Keep a person in an event loop, and hand out what its answer owes."""
    with WithoutWaiting():
        add(store, user_id)
    owed = take_owed()
    assert isinstance(owed, Arriving)
    return owed


def arrive(owed: Arriving) -> None:
    """Wait as an event loop does."""
    while not owed.is_here():
        assert select.select([owed.fileno()], [], [], 10)[0]
    owed.wait()


def backend_at_hand(store: SqlStore) -> int:
    """The server's process behind the connection that is at hand."""
    with WithoutWaiting(), store.look() as uow:
        return int(say(uow, "SELECT pg_backend_pid()").fetchone()[0])


@contextmanager
def held(url: str, lock: LiteralString) -> Iterator[None]:
    """Somebody else has locked a table."""
    with psycopg.connect(url) as other:
        other.execute(lock)
        yield
        other.rollback()


def dawdling(url: str, seconds: float = 20) -> AbstractContextManager[None]:
    """Each commit that adds a person takes so long: nothing but the commit does."""
    return dawdling_at(url, "gatepass_users", seconds)


@contextmanager
def dawdling_at(url: str, table: str, seconds: float) -> Iterator[None]:
    """The same for what is added to a table."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL(DAWDLE).format(seconds, Identifier(table)))
        try:
            yield
        finally:
            connection.execute(SQL("DROP TRIGGER dawdle ON {}").format(Identifier(table)))


def forget_the_pause(store: SqlStore) -> None:
    """Have the store try again at once."""
    store._database._watch._lost_until = None  # type: ignore[union-attr]  # it is a server


def end(url: str, pid: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def at_hand_of(store: SqlStore) -> at_hand.AtHand:
    return store._database._at_hand  # type: ignore[union-attr]  # it is a server
