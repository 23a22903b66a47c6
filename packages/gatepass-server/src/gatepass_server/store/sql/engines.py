"""Where connections to a database come from: to write and to read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import URL, Engine

from gatepass_server.store.sql.postgresql import create_postgresql_engine
from gatepass_server.store.sql.sqlite import BUSY_TIMEOUT, PATIENCE, create_sqlite_engine


@dataclass(frozen=True, slots=True)
class Engines:
    """Where connections come from. Nothing is connected before the first transaction.

    Attributes:
        writer: Of those that write.
        reader: Of those that read.
        hurried_writer: Of the one that hardly waits for SQLite's write lock, for the thread of an event loop.
    """

    writer: Engine
    reader: Engine
    hurried_writer: Engine | None = None

    def all(self) -> Sequence[Engine]:
        """Each of them; the writer last, so that SQLite folds its log into the file when they are closed."""
        return [engine for engine in (self.reader, self.hurried_writer, self.writer) if engine is not None]

    def close(self) -> None:
        """Close the connections that are not in use."""
        for engine in self.all():
            engine.dispose()


def create_engines(
    url: URL, *, pool_size: int, busy_timeout: float = BUSY_TIMEOUT, autocommit: bool = False
) -> Engines:
    """The engines for an address that ``parse_url`` read.

    Args:
        url: of the database.
        pool_size: the most connections at once.
        busy_timeout: seconds to wait for SQLite's write lock.
        autocommit: whether connections begin no transaction by themselves, nor does a commit on SQLite wait for the
            disk: for who says ``BEGIN``, and waits.
    """
    if url.get_backend_name() == "sqlite":
        path = url.database or ""
        writer, reader, hurried_writer = (
            create_sqlite_engine(
                path, writes=writes, pool_size=pool_size, busy_timeout=seconds, syncs=not autocommit
            )
            for writes, seconds in ((True, busy_timeout), (False, busy_timeout), (True, PATIENCE))
        )
        return Engines(writer, reader, hurried_writer)
    engine = create_postgresql_engine(url, pool_size=pool_size, autocommit=autocommit)
    if autocommit:
        return Engines(engine, engine)
    return Engines(
        engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    )
