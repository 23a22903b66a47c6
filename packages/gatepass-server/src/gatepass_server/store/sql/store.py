"""The way to a unit of work on an SQL database."""

import os
import weakref
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from sqlalchemy import URL

from gatepass_server.store.sql import revision
from gatepass_server.store.sql.engines import Engines, create_engines
from gatepass_server.store.sql.failures import Failures, explain_at_start
from gatepass_server.store.sql.file_database import FileDatabase
from gatepass_server.store.sql.sqlite import BUSY_TIMEOUT
from gatepass_server.store.sql.uow import SqlUnitOfWork
from gatepass_server.store.sql.urls import parse_url, shown

if TYPE_CHECKING:
    from gatepass_server.store.sql.server_database import ServerDatabase

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
        self._failures = Failures(self._engines.writer)
        self._database = _database(self._url, self._engines, busy_timeout=busy_timeout)
        _stores.add(self)

    def __repr__(self) -> str:
        return f"SqlStore({shown(self._url)!r})"

    def write(self, *, durable: bool = True) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.write``."""
        return self._database.write(durable=durable)

    def read(self) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.read``. All its statements see one moment."""
        return self._database.read()

    def look(self) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.look``."""
        return self._database.look()

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
        self._database.close()
        self._engines.close()

    def _forget_inherited(self) -> None:
        _inherited.extend([*self._database.leave(), *self._engines.leave()])


def _database(url: URL, engines: Engines, *, busy_timeout: float) -> "FileDatabase | ServerDatabase":
    if url.get_backend_name() == "sqlite":
        return FileDatabase(url.database or "", engines, busy_timeout=busy_timeout)
    from gatepass_server.store.sql.server_database import (  # noqa: PLC0415 - it loads psycopg, which SQLite does without
        ServerDatabase,
    )

    return ServerDatabase(url, engines)


def _after_fork() -> None:
    for store in list(_stores):
        store._forget_inherited()  # noqa: SLF001 - the same module


if hasattr(os, "register_at_fork"):  # where processes fork at all
    os.register_at_fork(after_in_child=_after_fork)
