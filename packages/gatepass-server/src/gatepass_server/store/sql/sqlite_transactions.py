"""Transactions on an SQLite file."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gatepass_server.store.sql.compiled import Statements
from gatepass_server.store.sql.connection import Connection, SingleRead
from gatepass_server.store.sql.engines import Engines
from gatepass_server.store.sql.taken import ending, taken

_KNOWN = "synchronous"


class SqliteTransactions:
    """See ``Transactions``. One writes at a time, of all processes; readers wait for nobody."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._dialect = engines.writer.dialect
        self._statements = Statements(self._dialect)

    @contextmanager
    def write(self, *, durable: bool) -> Iterator[Connection]:
        """See ``Transactions.write``."""
        with taken(self._engines.writer) as connection:
            driver: Any = connection.dbapi_connection
            _say_durability(driver, connection.info, durable=durable)
            driver.execute("BEGIN IMMEDIATE")
            with ending(driver):
                yield Connection(driver, self._statements, self._dialect)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """See ``Transactions.read``."""
        with taken(self._engines.reader) as connection:
            driver: Any = connection.dbapi_connection
            driver.execute("BEGIN")
            with ending(driver):
                yield Connection(driver, self._statements, self._dialect)

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """See ``Transactions.look``."""
        with taken(self._engines.reader) as connection:
            yield SingleRead(connection.dbapi_connection, self._statements, self._dialect)

    def flush(self) -> None:
        """Nothing: only PostgreSQL is asked to hurry."""


def _say_durability(driver: Any, info: dict[Any, Any], *, durable: bool) -> None:
    """Say whether the next commit is to wait for the disk.

    Without waiting, a power cut may lose the last commits of the log, never their order or the file
    (https://sqlite.org/pragma.html#pragma_synchronous).
    """
    wanted = "FULL" if durable else "NORMAL"
    if info.get(_KNOWN, "FULL") != wanted:
        info[_KNOWN] = "unknown"  # until it is set: an interrupt here must not be forgotten
        driver.execute(f"PRAGMA synchronous = {wanted}")
        info[_KNOWN] = wanted
