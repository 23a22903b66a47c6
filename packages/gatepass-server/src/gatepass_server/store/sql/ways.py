"""The ways into a database: how a transaction begins on a connection of its driver."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect

from gatepass_server.store.sql.engines import Engines
from gatepass_server.store.sql.postgresql import HURRY
from gatepass_server.store.sql.shelf import Shelf
from gatepass_server.store.sql.watch import Watch

Begin = Callable[[Any, dict[Any, Any]], Any]
"""Begins, given the driver's connection and what is remembered of it. Returns what runs statements, and ends it."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a connection comes from, and how a transaction begins on it.

    Attributes:
        take: Takes a connection, as SQLAlchemy's pools lend them.
        dialect: Of the database.
        begin: Begins it there.
        writes: Whether it may change anything.
        waits: Whether the commit itself waits for the disk.
        is_single: Whether one statement is read without a transaction, which sees one moment by itself.
    """

    take: Callable[[], Any]
    dialect: Dialect
    begin: Begin
    writes: bool = False
    waits: bool = False
    is_single: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """Those of a database.

    Attributes:
        durable: On PostgreSQL it waits for the disk when it commits; on SQLite who commits does that afterwards.
        hasty: Does not wait for the disk.
        snapshot: Reads, and all its statements see one moment.
        look: Reads by one statement.
    """

    durable: Way
    hasty: Way
    snapshot: Way
    look: Way


def ways_of_file(engines: Engines, readers: Shelf) -> Ways:
    """The ways into an SQLite file, whose connections begin nothing by themselves.

    Args:
        engines: those who write share one connection of theirs.
        readers: the connections of those who read.
    """
    dialect = engines.writer.dialect
    write = engines.writer.raw_connection
    return Ways(
        durable=Way(write, dialect, _immediate, writes=True),
        hasty=Way(write, dialect, _immediate, writes=True),
        snapshot=Way(readers.take, dialect, _deferred),
        look=Way(readers.take, dialect, _nothing, is_single=True),
    )


def ways_of_server(take: Callable[[], Any], dialect: Dialect, watch: Watch | None = None) -> Ways:
    """The ways into a PostgreSQL server, whose connections begin nothing by themselves.

    Args:
        take: takes a connection.
        dialect: of the server.
        watch: bounds the waits, in an event loop.
    """
    return Ways(
        durable=Way(take, dialect, _saying(watch, "BEGIN"), writes=True, waits=True),
        hasty=Way(take, dialect, _saying(watch, "BEGIN", HURRY), writes=True),
        snapshot=Way(take, dialect, _saying(watch, _SNAPSHOT)),
        look=Way(take, dialect, _saying(watch), is_single=True),
    )


_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


def _saying(watch: Watch | None, *texts: str) -> Begin:
    from gatepass_server.store.sql.pipeline import (  # noqa: PLC0415 - it loads psycopg, which SQLite does without
        Pipeline,
    )

    def begin(driver: Any, info: dict[Any, Any]) -> Pipeline:
        return Pipeline(driver, info, texts, watch)

    return begin


def _immediate(driver: Any, _info: dict[Any, Any]) -> Any:
    driver.execute("BEGIN IMMEDIATE")
    return driver


def _deferred(driver: Any, _info: dict[Any, Any]) -> Any:
    driver.execute("BEGIN")
    return driver


def _nothing(driver: Any, _info: dict[Any, Any]) -> Any:
    return driver
