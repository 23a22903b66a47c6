"""The ways into a database: how a transaction begins on a connection of its driver."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect

from gatepass_server.store.sql.engines import Engines
from gatepass_server.store.sql.postgresql import HURRY

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
        waits: Whether a commit waits for the disk.
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
        at_once: Writes, and hardly waits to begin; None where writers need not wait for each other.
    """

    durable: Way
    hasty: Way
    snapshot: Way
    look: Way
    at_once: Way | None = None


def ways(engines: Engines) -> Ways:
    """The ways into a database, whose connections begin nothing by themselves."""
    if engines.writer.dialect.name == "sqlite":
        begins: tuple[Begin, ...] = (_immediate, _immediate, _deferred, _nothing)
    else:
        begins = tuple(_saying(*texts) for texts in (("BEGIN",), ("BEGIN", HURRY), (_SNAPSHOT,), ()))
    durable, hasty, snapshot, look = begins
    dialect = engines.writer.dialect
    write = engines.writer.raw_connection
    read = engines.reader.raw_connection if engines.readers is None else engines.readers.take
    hurried = engines.hurried_writers
    return Ways(
        durable=Way(write, dialect, durable, writes=True, waits=True),
        hasty=Way(write, dialect, hasty, writes=True),
        snapshot=Way(read, dialect, snapshot),
        look=Way(read, dialect, look, is_single=True),
        at_once=None if hurried is None else Way(hurried.take, dialect, durable, writes=True),
    )


_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


def _saying(*texts: str) -> Begin:
    from gatepass_server.store.sql.pipeline import (  # noqa: PLC0415 - it loads psycopg, which SQLite does without
        Pipeline,
    )

    def begin(driver: Any, info: dict[Any, Any]) -> Pipeline:
        return Pipeline(driver, info, texts)

    return begin


def _immediate(driver: Any, _info: dict[Any, Any]) -> Any:
    driver.execute("BEGIN IMMEDIATE")
    return driver


def _deferred(driver: Any, _info: dict[Any, Any]) -> Any:
    driver.execute("BEGIN")
    return driver


def _nothing(driver: Any, _info: dict[Any, Any]) -> Any:
    return driver
