"""Bringing the tables of a database up to date."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from gatepass_server.store.sql import revision
from gatepass_server.store.sql.engines import create_engines
from gatepass_server.store.sql.failures import DATABASE_ERRORS, explain_at_start
from gatepass_server.store.sql.migrations import HEAD
from gatepass_server.store.sql.sqlite import create_file
from gatepass_server.store.sql.uow import lock_number
from gatepass_server.store.sql.urls import parse_url, shown

_LONGEST_WAIT = 120.0
"""Seconds to wait for another process that upgrades the same database."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The revisions before (None: an empty database) and after an upgrade."""

    before: str | None
    after: str


def upgrade(url: str) -> Upgraded:
    """Make or change the tables until they are those of this program; nothing to do is no error.

    One transaction does it all, under a lock, so processes that start together on one database wait for the
    first of them. A new SQLite file is made readable for its owner alone.

    Raises:
        OperatorError: the database cannot be used, or is newer than this program.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        create_file(parsed.database or "")
    engines = create_engines(parsed, pool_size=1, busy_timeout=_LONGEST_WAIT)
    try:
        with engines.reader.begin() as connection:
            before = revision.read(connection)
        if before != HEAD:
            with engines.writer.begin() as connection:
                before = _upgrade(connection)
    except DATABASE_ERRORS as error:
        raise explain_at_start(error, shown(parsed)) from None
    finally:
        engines.close()
    return Upgraded(before=before, after=HEAD)


def current(url: str) -> str | None:
    """The revision of the tables, or None where there are none.

    Raises:
        OperatorError: the database cannot be reached.
    """
    parsed = parse_url(url)
    engines = create_engines(parsed, pool_size=1)
    try:
        with engines.reader.begin() as connection:
            return revision.read(connection)
    except DATABASE_ERRORS as error:
        raise explain_at_start(error, shown(parsed)) from None
    finally:
        engines.close()


def head() -> str:
    """The revision that this program needs."""
    return HEAD


def _upgrade(connection: Connection) -> str | None:
    if connection.dialect.name == "postgresql":
        milliseconds = int(_LONGEST_WAIT * 1000)
        connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": lock_number("schema")})
    before = revision.read(connection)
    revision.require_known(before)
    if before != HEAD:
        from gatepass_server.store.sql.migrations import run  # noqa: PLC0415 - it imports Alembic, which costs 0.1 s

        run.to_head(connection)
    return before
