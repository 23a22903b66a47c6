"""The ways into a database: how a transaction begins on a connection of its driver."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from gatepass_server.store.sql.engines import Engines
from gatepass_server.store.sql.postgresql import HURRY

Begin = Callable[[Any, dict[Any, Any]], None]
"""Begins a transaction, given the driver's connection and what is remembered of it."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a connection comes from, and how a transaction begins on it.

    Attributes:
        engine: Has the connections.
        begin: None where one statement is read without a transaction, which sees one moment by itself.
        writes: Whether it may change anything.
    """

    engine: Engine
    begin: Begin | None
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """Those of a database.

    Attributes:
        durable: On PostgreSQL it waits for the disk when it commits; on SQLite who commits does that afterwards.
        hasty: Does not wait for the disk.
        snapshot: Reads, and all its statements see one moment.
        look: Reads by one statement.
        flush: One statement that writes.
        at_once: Writes, and hardly waits to begin; None where writers need not wait for each other.
    """

    durable: Way
    hasty: Way
    snapshot: Way
    look: Way
    flush: Way
    at_once: Way | None = None


def ways(engines: Engines) -> Ways:
    """The ways into a database, whose connections begin nothing by themselves."""
    if engines.writer.dialect.name == "sqlite":
        begins: tuple[Begin, ...] = (_immediate, _immediate, _deferred)
    else:
        begins = tuple(_saying(text) for text in ("BEGIN", f"BEGIN; {HURRY}", _SNAPSHOT))
    durable, hasty, snapshot = begins
    hurried = engines.hurried_writer
    return Ways(
        durable=Way(engines.writer, durable, writes=True),
        hasty=Way(engines.writer, hasty, writes=True),
        snapshot=Way(engines.reader, snapshot),
        look=Way(engines.reader, None),
        flush=Way(engines.writer, None, writes=True),
        at_once=None if hurried is None else Way(hurried, durable, writes=True),
    )


_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


def _saying(text: str) -> Begin:
    def begin(driver: Any, _info: dict[Any, Any]) -> None:
        driver.execute(text, prepare=False)

    return begin


def _immediate(driver: Any, _info: dict[Any, Any]) -> None:
    driver.execute("BEGIN IMMEDIATE")


def _deferred(driver: Any, _info: dict[Any, Any]) -> None:
    driver.execute("BEGIN")
