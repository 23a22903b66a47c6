"""Accounts from the SQLite file of the tutorial app: table ``user`` with public_id, name, email, password."""

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from gatepass_server.accounts.import_users.source import FIELDS, REQUIRED_FIELDS, Source, SourceRow
from gatepass_server.domain.errors import InvalidInput

SIGNATURE = b"SQLite format 3\0"
"""How every SQLite file begins."""


def open_sqlite(path: Path) -> Source:
    """Read the table as it is asked for, as it was when reading began. The file is never written.

    Raises:
        InvalidInput: (also while reading) no SQLite file, no such table, or a column is missing.
    """
    try:
        with closing(_connect(path)) as connection:
            columns = _columns(connection)
            total: int = connection.execute('SELECT count(*) FROM "user"').fetchone()[0]
    except sqlite3.Error as error:
        raise _unreadable(path, error) from None
    return Source(total, _rows(path, columns))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.text_factory = _text
    return connection


def _text(raw: bytes) -> str | bytes:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw  # and the row is refused: not text


def _columns(connection: sqlite3.Connection) -> list[str]:
    names = [str(row[1]) for row in connection.execute('PRAGMA table_info("user")')]
    if not names:
        raise InvalidInput(
            "This SQLite file has no table named user. Expected is the tutorial app's database; "
            "otherwise export the accounts as CSV or JSON lines."
        )
    missing = [name for name in REQUIRED_FIELDS if name not in names]
    if missing:
        raise InvalidInput(f"The table user has no column {', '.join(missing)}.")
    return [name for name in ("id", *FIELDS) if name in names]


def _rows(path: Path, columns: list[str]) -> Generator[SourceRow, None, None]:
    listed = ", ".join(f'"{name}"' for name in columns)
    statement = f'SELECT {listed} FROM "user"'  # noqa: S608 - the names are our own constants
    try:
        with closing(_connect(path)) as connection:
            for position, values in enumerate(connection.execute(statement), start=1):
                found: dict[str, object] = dict(zip(columns, values, strict=True))
                number = found.pop("id", None)
                place = f"user id {number}" if isinstance(number, int) else f"row {position}"
                yield SourceRow(place, position, found)
    except sqlite3.Error as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: sqlite3.Error) -> InvalidInput:
    return InvalidInput(f"{path} cannot be read as an SQLite database: {error}.")
