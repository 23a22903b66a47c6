"""The way to a unit of work on an SQL database."""

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.pool import Pool

from gatepass_server.store.sql import revision
from gatepass_server.store.sql.engines import create_engines
from gatepass_server.store.sql.failures import DATABASE_ERRORS, driver_errors, explain, explain_at_start
from gatepass_server.store.sql.sqlite import BUSY_TIMEOUT
from gatepass_server.store.sql.transactions import transactions
from gatepass_server.store.sql.uow import SqlUnitOfWork
from gatepass_server.store.sql.urls import parse_url, shown

_stores: "weakref.WeakSet[SqlStore]" = weakref.WeakSet()
_inherited: list[Pool] = []
"""Pools of the parent process. They are kept, for to collect them would close connections it uses."""


class SqlStore:
    """The port ``Store``. Nothing is connected until a transaction begins, nor anything taken over a fork.

    Args:
        url: ``sqlite:///PATH``, ``postgresql://...`` or ``postgres://...``.
        pool_size: the most connections at once (on SQLite: of readers; its writers share one).
        busy_timeout: seconds to wait for SQLite's write lock.

    Raises:
        OperatorError: the address is none that Gatepass knows.
    """

    def __init__(self, url: str, *, pool_size: int = 8, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self._url = parse_url(url)
        self._engines = create_engines(
            self._url, pool_size=pool_size, busy_timeout=busy_timeout, autocommit=True
        )
        self._transactions = transactions(self._engines)
        self._errors = (*DATABASE_ERRORS, driver_errors(self._engines.writer))
        _stores.add(self)

    def __repr__(self) -> str:
        return f"SqlStore({shown(self._url)!r})"

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[SqlUnitOfWork]:
        """See ``Store.write``."""
        try:
            with self._transactions.write(durable=durable) as connection:
                uow = SqlUnitOfWork(connection, writes=True)
                yield uow
                uow.finish()
            if uow.hurried and durable:
                self._transactions.flush()
        except self._errors as error:
            raise explain(error, writes=True).with_traceback(error.__traceback__) from None

    @contextmanager
    def read(self) -> Iterator[SqlUnitOfWork]:
        """See ``Store.read``. All its statements see one moment."""
        try:
            with self._transactions.read() as connection:
                yield SqlUnitOfWork(connection, writes=False)
        except self._errors as error:
            raise explain(error, writes=False).with_traceback(error.__traceback__) from None

    @contextmanager
    def look(self) -> Iterator[SqlUnitOfWork]:
        """See ``Store.look``."""
        try:
            with self._transactions.look() as connection:
                yield SqlUnitOfWork(connection, writes=False)
        except self._errors as error:
            raise explain(error, writes=False).with_traceback(error.__traceback__) from None

    def check_ready(self) -> None:
        """See ``Store.check_ready``."""
        try:
            with self._engines.reader.begin() as connection:
                found = revision.read(connection)
        except self._errors as error:
            raise explain_at_start(error, shown(self._url)) from None
        revision.require_head(found)

    def close(self) -> None:
        """See ``Store.close``."""
        self._engines.close()

    def _forget_inherited(self) -> None:
        for engine in (self._engines.writer, self._engines.reader):
            _inherited.append(engine.pool)
            engine.dispose(close=False)


def _after_fork() -> None:
    for store in list(_stores):
        store._forget_inherited()  # noqa: SLF001 - the same module


if hasattr(os, "register_at_fork"):  # where processes fork at all
    os.register_at_fork(after_in_child=_after_fork)
