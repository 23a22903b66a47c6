"""What a store does in an event loop."""

import select
import threading

import pytest

from gatepass_server.store.ports.patience import Arriving, WithoutWaiting, WouldWait, take_owed
from gatepass_server.store.sql import SqlStore
from tests.support.asking import add, say


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
