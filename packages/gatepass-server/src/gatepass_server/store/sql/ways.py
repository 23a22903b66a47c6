"""The ways into a database: how a transaction begins on a connection of its driver."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from gatepass_server.store.sql.engines import Engines
from gatepass_server.store.sql.postgresql import HURRY

Begin = Callable[[Any, dict[Any, Any]], Any]
"""Begins, given the driver's connection and what is remembered of it. Returns what runs statements, and ends it."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a connection comes from, and how a transaction begins on it.

    Attributes:
        engine: Has the connections.
        begin: Begins it there.
        writes: Whether it may change anything.
        waits: Whether a commit waits for the disk.
        is_single: Whether one statement is read without a transaction, which sees one moment by itself.
    """

    engine: Engine
    begin: Begin
    writes: bool = False
    waits: bool = False
    is_single: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """Those of a database.

    Attributes:
        durable: Waits for the disk when it commits.
        hasty: Does not.
        snapshot: Reads, and all its statements see one moment.
        look: Reads by one statement.
    """

    durable: Way
    hasty: Way
    snapshot: Way
    look: Way


def ways(engines: Engines) -> Ways:
    """The ways into a database, whose connections begin nothing by themselves."""
    if engines.writer.dialect.name == "sqlite":
        begins: tuple[Begin, ...] = (_immediately_durable, _immediately_hasty, _deferred, _nothing)
    else:
        begins = tuple(_saying(*texts) for texts in (("BEGIN",), ("BEGIN", HURRY), (_SNAPSHOT,), ()))
    durable, hasty, snapshot, look = begins
    return Ways(
        durable=Way(engines.writer, durable, writes=True, waits=True),
        hasty=Way(engines.writer, hasty, writes=True),
        snapshot=Way(engines.reader, snapshot),
        look=Way(engines.reader, look, is_single=True),
    )


_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_KNOWN = "synchronous"


def _saying(*texts: str) -> Begin:
    from gatepass_server.store.sql.pipeline import (  # noqa: PLC0415 - it loads psycopg, which SQLite does without
        Pipeline,
    )

    def begin(driver: Any, info: dict[Any, Any]) -> Pipeline:
        return Pipeline(driver, info, texts)

    return begin


def _immediately_durable(driver: Any, info: dict[Any, Any]) -> Any:
    say_durability(driver, info, "FULL")
    driver.execute("BEGIN IMMEDIATE")
    return driver


def _immediately_hasty(driver: Any, info: dict[Any, Any]) -> Any:
    say_durability(driver, info, "NORMAL")
    driver.execute("BEGIN IMMEDIATE")
    return driver


def _deferred(driver: Any, _info: dict[Any, Any]) -> Any:
    driver.execute("BEGIN")
    return driver


def _nothing(driver: Any, _info: dict[Any, Any]) -> Any:
    return driver


def say_durability(driver: Any, info: dict[Any, Any], wanted: str) -> None:
    """Say whether the next commit on SQLite is to wait for the disk (``FULL``) or not (``NORMAL``).

    Without waiting, a power cut may lose the last commits of the log, never their order or the file
    (https://sqlite.org/pragma.html#pragma_synchronous).
    """
    if info.get(_KNOWN, "FULL") != wanted:
        info[_KNOWN] = "unknown"  # until it is set: an interrupt here must not be forgotten
        driver.execute(f"PRAGMA synchronous = {wanted}")
        info[_KNOWN] = wanted
