"""Accounts from the SQLite file of the tutorial app: table ``user`` with public_id, name, email, password."""

import sqlite3
from collections.abc import Generator
from pathlib import Path

from gatepass_server.accounts.import_users.source import FIELDS, REQUIRED_FIELDS, Source, SourceRow
from gatepass_server.accounts.import_users.strange_file import has_table, most_rows, opened
from gatepass_server.domain.errors import InvalidInput

SIGNATURE = b"SQLite format 3\0"
"""How every SQLite file begins."""


def open_sqlite(path: Path) -> Source:
    """Read the table as it is asked for, as it was when reading began. The file is never written.

    Raises:
        InvalidInput: (also while reading) no SQLite file, no such table, or a column is missing.
    """
    with opened(path) as connection:
        columns = _columns(connection)
        most = most_rows(connection)
        counted = 'SELECT count(*) FROM (SELECT 1 FROM "user" LIMIT ?)'
        total: int = connection.execute(counted, (most + 1,)).fetchone()[0]
    if total > most:
        raise InvalidInput(f"{path} is damaged: its table user has more rows than fit into the file.")
    return Source(total, _rows(path, columns))


def _columns(connection: sqlite3.Connection) -> list[str]:
    if not has_table(connection, "user"):
        raise InvalidInput(
            "This SQLite file has no table named user. Expected is the tutorial app's database; "
            "otherwise export the accounts as CSV or JSON lines."
        )
    names = [str(row[1]) for row in connection.execute('PRAGMA table_info("user")')]
    missing = [name for name in REQUIRED_FIELDS if name not in names]
    if missing:
        raise InvalidInput(f"The table user has no column {', '.join(missing)}.")
    return [name for name in ("id", *FIELDS) if name in names]


def _rows(path: Path, columns: list[str]) -> Generator[SourceRow, None, None]:
    listed = ", ".join(f'"{name}"' for name in columns)
    statement = f'SELECT {listed} FROM "user" LIMIT ?'  # noqa: S608 - the names are our own constants
    with opened(path) as connection:
        for position, values in enumerate(connection.execute(statement, (most_rows(connection),)), start=1):
            found: dict[str, object] = dict(zip(columns, values, strict=True))
            number = found.pop("id", None)
            place = f"user id {number}" if isinstance(number, int) else f"row {position}"
            yield SourceRow(place, position, found)
