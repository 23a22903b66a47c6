"""The two ways into a database: to write and to read."""

from dataclasses import dataclass

from sqlalchemy import URL, Engine

from gatepass_server.store.sql.postgresql import create_postgresql_engine
from gatepass_server.store.sql.sqlite import BUSY_TIMEOUT, create_sqlite_engine


@dataclass(frozen=True, slots=True)
class Engines:
    """Where transactions begin. Nothing is connected before the first one.

    ``hasty_writer`` shares the connections of ``writer`` and does not wait for the disk when it commits.
    """

    writer: Engine
    hasty_writer: Engine
    reader: Engine

    def close(self) -> None:
        """Close the connections that are not in use."""
        self.reader.dispose()
        self.writer.dispose()  # last, so that SQLite folds its log into the file


def create_engines(url: URL, *, pool_size: int, busy_timeout: float = BUSY_TIMEOUT) -> Engines:
    """The engines for an address that ``parse_url`` read."""
    if url.get_backend_name() == "sqlite":
        path = url.database or ""
        writer, reader = (
            create_sqlite_engine(path, writes=writes, pool_size=pool_size, busy_timeout=busy_timeout)
            for writes in (True, False)
        )
        return Engines(writer, writer.execution_options(durable=False), reader)
    engine = create_postgresql_engine(url, pool_size=pool_size)
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(engine, engine.execution_options(durable=False), snapshot)
