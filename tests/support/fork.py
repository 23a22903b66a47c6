"""A program that uses a store, forks, and uses it in both processes: ``python -m tests.support.fork URL``."""

import gc
import os
import sys

from gatepass_server.store.ports.patience import WouldWait
from gatepass_server.store.sql import SqlStore
from tests.support.event_loops import backend_at_hand, wait_for_threads
from tests.support.samples import sample_user


def _main(url: str) -> None:
    store = SqlStore(url)
    backends = _backends(store)
    child = os.fork()
    if child == 0:
        gc.collect()  # a pool taken over would be closed here, under the feet of the parent
        with store.write() as uow:
            uow.users.add(sample_user("child"))
        if backends and _backends(store) & backends:
            os._exit(3)
        store.close()
        sys.exit(0)  # as a worker ends, with everything it tidies up
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError("The child failed.")
    with store.write() as uow:
        uow.users.add(sample_user("parent"))
    if _backends(store) != backends:
        raise RuntimeError("The parent lost its connections to the child.")
    with store.read() as uow:
        sys.stdout.write(", ".join(user.id for user in uow.users.page(after=None, limit=9)) + "\n")
    store.close()


def _backends(store: SqlStore) -> set[int]:
    """The server processes that this process talks to (SQLite has none)."""
    found = set()
    for begin in (store.write, store.read):
        with begin() as uow:
            connection = uow._connection
            if connection.dialect.name == "postgresql":
                found.add(int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()))
            else:
                connection.exec_driver_sql("SELECT 1")
    if found:
        found.add(_backend_of_event_loop(store))
    return found


def _backend_of_event_loop(store: SqlStore) -> int:
    while True:
        try:
            return backend_at_hand(store)
        except WouldWait:
            wait_for_threads("connect")


if __name__ == "__main__":
    _main(sys.argv[1])
