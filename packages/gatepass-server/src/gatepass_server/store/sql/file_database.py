"""Transactions on an SQLite file."""

from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Final

from gatepass_server.store.ports.patience import must_not_wait
from gatepass_server.store.sql.compiled import Statements
from gatepass_server.store.sql.disk import Disk
from gatepass_server.store.sql.engines import Engines
from gatepass_server.store.sql.failures import Failures
from gatepass_server.store.sql.hope import Hope
from gatepass_server.store.sql.kept import AtOnce, Kept
from gatepass_server.store.sql.shelf import Shelf
from gatepass_server.store.sql.sqlite import PATIENCE, connect_sqlite, fold_log
from gatepass_server.store.sql.transaction import Transaction
from gatepass_server.store.sql.uow import SqlUnitOfWork
from gatepass_server.store.sql.ways import Way, ways_of_file


class FileDatabase:
    """Begins them. Whoever commits waits for the disk afterwards, or owes that to the answer.

    Args:
        path: of the file.
        engines: of it.
        busy_timeout: seconds to wait for the write lock.
    """

    def __init__(self, path: str, engines: Engines, *, busy_timeout: float) -> None:
        connect = partial(connect_sqlite, path, syncs=False)
        self._readers: Final = Shelf(partial(connect, writes=False, busy_timeout=busy_timeout))
        self._hurried_writers: Final = Shelf(partial(connect, writes=True, busy_timeout=PATIENCE))
        self._ways: Final = ways_of_file(engines, self._readers)
        self._at_once: Final = replace(self._ways.durable, take=self._hurried_writers.take)
        self._statements: Final = Statements(engines.writer.dialect)
        self._failures: Final = Failures(engines.writer)
        self._hope: Final = Hope()
        self._new_disk: Final = partial(Disk, path, partial(fold_log, busy_timeout=busy_timeout))
        self.disk = self._new_disk()

    def write(self, *, durable: bool) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.write``."""
        disk = self.disk if durable else None
        if must_not_wait():
            return AtOnce(self._begin(self._at_once), self._hope, disk)
        transaction = self._begin(self._ways.durable)
        return transaction if disk is None else Kept(transaction, disk)

    def read(self) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.read``."""
        return self._begin(self._ways.snapshot)

    def look(self) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.look``."""
        return self._begin(self._ways.look)

    def close(self) -> None:
        """Close what is not in use."""
        self.disk.close()  # first: on Windows, what is open is not deleted
        self._readers.close()
        self._hurried_writers.close()

    def leave(self) -> list[object]:
        """Begin with no connections, after a fork. Returns what must be kept for that."""
        self.disk.leave()
        self.disk = self._new_disk()  # a thread of the parent may have been waiting
        return [self._readers.leave(), self._hurried_writers.leave()]

    def _begin(self, way: Way) -> Transaction:
        return Transaction(way, self._statements, self._failures)
