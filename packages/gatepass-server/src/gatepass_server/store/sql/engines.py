"""Where connections to a database come from: to write and to read."""

from dataclasses import dataclass

from sqlalchemy import URL, Engine

from gatepass_server.store.sql.postgresql import create_postgresql_engine
from gatepass_server.store.sql.sqlite import BUSY_TIMEOUT, create_sqlite_engine


@dataclass(frozen=True, slots=True)
class Engines:
    """Where connections come from. Nothing is connected before the first transaction.

    Attributes:
        writer: Of those that write.
        reader: Of those that read.
    """

    writer: Engine
    reader: Engine

    def close(self) -> None:
        """Close the connections that are not in use."""
        self.reader.dispose()
        self.writer.dispose()  # last, so that SQLite folds its log into the file

    def leave(self) -> list[object]:
        """Begin with no connections, after a fork: those of the parent are its own, and must not be closed here.

        Returns:
            What must be kept for that.
        """
        left: list[object] = []
        for engine in (self.writer, self.reader):
            left.append(engine.pool)
            engine.dispose(close=False)
        return left


def create_engines(
    url: URL, *, pool_size: int, busy_timeout: float = BUSY_TIMEOUT, autocommit: bool = False
) -> Engines:
    """The engines for an address that ``parse_url`` read.

    Args:
        url: of the database.
        pool_size: the most connections at once; on SQLite, of an engine.
        busy_timeout: seconds to wait for SQLite's write lock.
        autocommit: whether connections begin no transaction by themselves, nor does a commit on SQLite wait for the
            disk: for who says ``BEGIN``, and waits.
    """
    if url.get_backend_name() == "sqlite":
        writer, reader = (
            create_sqlite_engine(
                url.database or "",
                writes=writes,
                pool_size=pool_size,
                busy_timeout=busy_timeout,
                syncs=not autocommit,
            )
            for writes in (True, False)
        )
        return Engines(writer, reader)
    engine = create_postgresql_engine(url, pool_size=pool_size, autocommit=autocommit)
    if autocommit:
        return Engines(engine, engine)
    return Engines(
        engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    )
