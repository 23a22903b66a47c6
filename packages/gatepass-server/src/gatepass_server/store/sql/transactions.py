"""How transactions begin and end, on either database."""

from contextlib import AbstractContextManager
from typing import Protocol

from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.engines import Engines


class Transactions(Protocol):
    """Leaving a block commits; an exception that leaves it rolls back."""

    def write(self, *, durable: bool) -> AbstractContextManager[Connection]:
        """One that may change things."""
        ...

    def read(self) -> AbstractContextManager[Connection]:
        """One that only reads, and whose statements all see one moment."""
        ...

    def look(self) -> AbstractContextManager[Connection]:
        """No transaction, and one statement that reads: it sees one moment by itself."""
        ...

    def flush(self) -> None:
        """Wait until everything that was committed is on the disk."""
        ...


def transactions(engines: Engines) -> Transactions:
    """Those of a database."""
    if engines.writer.dialect.name == "sqlite":
        from gatepass_server.store.sql.sqlite_transactions import SqliteTransactions  # noqa: PLC0415 - one of two

        return SqliteTransactions(engines)
    from gatepass_server.store.sql.postgresql_transactions import PostgresqlTransactions  # noqa: PLC0415 - one of two

    return PostgresqlTransactions(engines)
