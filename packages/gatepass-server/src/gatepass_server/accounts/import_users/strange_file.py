"""Opening an SQLite file that somebody else made, and that may be made to do harm.

What is read is a plain table, so no view, trigger or virtual table of the file runs (https://sqlite.org/security.html).
"""

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gatepass_server.domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_VALUE = 1024 * 1024
"""Bytes; a longer value is no account's, and the file cannot be read."""

_SMALLEST_ROW = 4
"""Bytes that a row takes in a file at least. One with more rows than fit into it goes round in circles."""

_STEPS_BETWEEN_LOOKS = 100_000
"""How much SQLite works, some milliseconds, before it lets Python see that somebody pressed Ctrl-C."""

_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND rootpage > 0 AND lower(name) = lower(?)"


@contextmanager
def opened(path: Path) -> "Iterator[sqlite3.Connection]":
    """A connection that only reads. What is not text in UTF-8 comes as bytes.

    Raises:
        InvalidInput: the file, or a statement in the block, is not one that SQLite can read.
        KeyboardInterrupt: somebody pressed Ctrl-C while SQLite was at work.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = _text
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
            connection.set_progress_handler(_go_on, _STEPS_BETWEEN_LOOKS)
            for pragma in (
                "trusted_schema = OFF",
                "query_only = ON",
                "cell_size_check = ON",
                "mmap_size = 0",
            ):
                connection.execute(f"PRAGMA {pragma}")
            yield connection
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from None  # it was raised in _go_on, where SQLite knows only that it must stop
        raise InvalidInput(f"{path} cannot be read as an SQLite database: {error}.") from None


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Whether there is such a table: not a view, and not a virtual table, which are programs."""
    return connection.execute(_TABLE, (name,)).fetchone() is not None


def most_rows(connection: sqlite3.Connection) -> int:
    """More rows than this do not fit into the file, so none are read."""
    pages, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size")
    )
    return pages * size // _SMALLEST_ROW


def _text(raw: bytes) -> str | bytes:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw  # and the row is refused: not text


def _go_on() -> int:
    """Called by SQLite now and then; that Python code runs at all is what lets Ctrl-C through."""
    return 0
