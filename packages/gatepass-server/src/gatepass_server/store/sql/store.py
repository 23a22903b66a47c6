"""The way to a unit of work on an SQL database."""

import os
import weakref
from contextlib import AbstractContextManager
from functools import partial

from gatepass_server.store.ports.patience import must_not_wait
from gatepass_server.store.sql import revision
from gatepass_server.store.sql.compiled import Statements
from gatepass_server.store.sql.disk import Disk
from gatepass_server.store.sql.engines import create_engines
from gatepass_server.store.sql.failures import Failures, explain_at_start
from gatepass_server.store.sql.kept import AtOnce, Hope, Kept
from gatepass_server.store.sql.sqlite import BUSY_TIMEOUT, fold_log
from gatepass_server.store.sql.transaction import Transaction
from gatepass_server.store.sql.uow import SqlUnitOfWork
from gatepass_server.store.sql.urls import parse_url, shown
from gatepass_server.store.sql.ways import Way, ways

_stores: "weakref.WeakSet[SqlStore]" = weakref.WeakSet()
_inherited: list[object] = []
"""Connections of the parent process. They are kept, for to collect them would close what it uses."""


class SqlStore:
    """The port ``Store``. Nothing is connected until a transaction begins, nor anything taken over a fork.

    Args:
        url: ``sqlite:///PATH``, ``postgresql://...`` or ``postgres://...``.
        pool_size: the most connections at once (on SQLite, of writers: one; readers are as many as there are).
        busy_timeout: seconds to wait for SQLite's write lock.

    Raises:
        OperatorError: the address is none that Gatepass knows.
    """

    def __init__(self, url: str, *, pool_size: int = 8, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self._url = parse_url(url)
        self._engines = create_engines(
            self._url, pool_size=pool_size, busy_timeout=busy_timeout, autocommit=True
        )
        self._ways = ways(self._engines)
        self._fold_log = partial(fold_log, busy_timeout=busy_timeout)
        self._disk = self._disk_of_file()
        self._hope = Hope()
        self._statements = Statements(self._engines.writer.dialect)
        self._failures = Failures(self._engines.writer)
        _stores.add(self)

    def __repr__(self) -> str:
        return f"SqlStore({shown(self._url)!r})"

    def write(self, *, durable: bool = True) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.write``."""
        if self._disk is None:
            return self._begin(self._ways.durable if durable else self._ways.hasty)
        wait = self._disk.wait if durable else None
        if must_not_wait() and self._ways.at_once is not None:
            return AtOnce(self._begin(self._ways.at_once), self._hope, wait)
        transaction = self._begin(self._ways.durable)
        return transaction if wait is None else Kept(transaction, wait)

    def read(self) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.read``. All its statements see one moment."""
        return self._begin(self._ways.snapshot)

    def look(self) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.look``."""
        return self._begin(self._ways.look)

    def _disk_of_file(self) -> Disk | None:
        is_file = self._url.get_backend_name() == "sqlite"
        return Disk(self._url.database or "", self._fold_log) if is_file else None

    def _begin(self, way: Way) -> Transaction:
        return Transaction(way, self._statements, self._failures)

    def check_ready(self) -> None:
        """See ``Store.check_ready``."""
        try:
            with self._engines.reader.begin() as connection:
                found = revision.read(connection)
        except self._failures.kinds as error:
            raise explain_at_start(error, shown(self._url)) from None
        revision.require_head(found)

    def close(self) -> None:
        """See ``Store.close``."""
        if self._disk is not None:
            self._disk.close()  # first: on Windows, what is open is not deleted
        self._engines.close()

    def _forget_inherited(self) -> None:
        _inherited.extend(self._engines.leave())
        if self._disk is not None:
            self._disk.leave()
        self._disk = self._disk_of_file()  # a thread of the parent may have been waiting


def _after_fork() -> None:
    for store in list(_stores):
        store._forget_inherited()  # noqa: SLF001 - the same module


if hasattr(os, "register_at_fork"):  # where processes fork at all
    os.register_at_fork(after_in_child=_after_fork)
