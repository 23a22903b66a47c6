"""Connections to an SQLite file."""

import sqlite3
import time
from contextlib import closing
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from gatepass_server.domain.errors import OperatorError

BUSY_TIMEOUT = 10.0
"""Seconds to wait for the write lock, which one transaction in all processes holds."""

PATIENCE = 0.02
"""Seconds that an event loop waits for it: a transaction of ours holds it for a fraction of a millisecond."""

_OLDEST = (3, 35, 0)  # the first with RETURNING


def create_sqlite_engine(
    path: str, *, writes: bool, pool_size: int, busy_timeout: float, syncs: bool = True
) -> Engine:
    """An engine for the writers or the readers of one file.

    Where a commit does not sync (``disk.py``), somebody must afterwards.

    The writers of a process share one connection, so that they queue here in order instead of polling for
    SQLite's lock. Readers never wait in write-ahead mode, and their connections refuse to write.
    """
    if sqlite3.sqlite_version_info < _OLDEST:
        raise OperatorError(
            f"Gatepass needs SQLite 3.35 or newer; this Python has {sqlite3.sqlite_version}. "
            "Use another build of Python, or PostgreSQL."
        )
    engine = create_engine(
        "sqlite://",
        creator=partial(connect_sqlite, path, writes=writes, busy_timeout=busy_timeout, syncs=syncs),
        poolclass=QueuePool,
        pool_size=1 if writes else pool_size,
        max_overflow=0,
        pool_timeout=busy_timeout,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin_immediate if writes else _begin_deferred)
    return engine


def create_file(path: str) -> None:
    """Make the empty file of a new database, for the eyes of its owner alone.

    Raises:
        OperatorError: the folder is missing or cannot be written.
    """
    try:
        Path(path).touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise OperatorError(
            f"The database file {path} cannot be made: {error.strerror}. "
            "Its folder must exist and be writable."
        ) from None


def connect_sqlite(path: str, *, writes: bool, busy_timeout: float, syncs: bool) -> sqlite3.Connection:
    """Open a file that exists; a mistyped path must not become an empty database. See ``create_sqlite_engine``."""
    connection = sqlite3.connect(
        f"{Path(path).absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=busy_timeout,
        isolation_level=None,  # nothing begins by itself: the engine says BEGIN
        check_same_thread=False,  # a pool hands connections from thread to thread, one at a time
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA synchronous = {'FULL' if syncs else 'NORMAL'}")
        if writes:
            _keep_write_ahead_log(connection, deadline=time.monotonic() + busy_timeout)
        else:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _keep_write_ahead_log(connection: sqlite3.Connection, *, deadline: float) -> None:
    """Switch the file to write-ahead mode, once in its life.

    SQLite does not wait its busy timeout for this switch, hence the loop: of processes that start together
    on a new file, one switches while the others find it locked.
    """
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def fold_log(path: str, *, busy_timeout: float) -> None:
    """Write the whole write-ahead log into the file, sync that, and have the log begin anew.

    Raises:
        OSError: the disk fails, or somebody writes or reads for long.
    """
    try:
        with closing(connect_sqlite(path, writes=True, busy_timeout=busy_timeout, syncs=True)) as connection:
            is_blocked, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise OSError(str(error)) from None
    if is_blocked:
        raise OSError("its log is in use")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
