"""Transactions on a PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gatepass_server.store.sql.compiled import Statements
from gatepass_server.store.sql.connection import Connection, SingleRead
from gatepass_server.store.sql.engines import Engines
from gatepass_server.store.sql.postgresql import FLUSH, HURRY
from gatepass_server.store.sql.taken import ending, taken

_BEGIN = "BEGIN"
_BEGIN_HASTY = f"BEGIN; {HURRY}"
_BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresqlTransactions:
    """See ``Transactions``. The connections of its pool begin nothing by themselves."""

    def __init__(self, engines: Engines) -> None:
        self._engine = engines.writer
        self._dialect = engines.writer.dialect
        self._statements = Statements(self._dialect)

    @contextmanager
    def write(self, *, durable: bool) -> Iterator[Connection]:
        """See ``Transactions.write``."""
        with self._within(_BEGIN if durable else _BEGIN_HASTY) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """See ``Transactions.read``."""
        with self._within(_BEGIN_SNAPSHOT) as connection:
            yield connection

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """See ``Transactions.look``."""
        with taken(self._engine) as connection:
            yield SingleRead(connection.dbapi_connection, self._statements, self._dialect)

    def flush(self) -> None:
        """See ``Transactions.flush``."""
        with taken(self._engine) as connection:
            driver: Any = connection.dbapi_connection
            driver.execute(FLUSH)

    @contextmanager
    def _within(self, begin: str) -> Iterator[Connection]:
        with taken(self._engine) as connection:
            driver: Any = connection.dbapi_connection
            driver.execute(begin, prepare=False)
            with ending(driver):
                yield Connection(driver, self._statements, self._dialect)
