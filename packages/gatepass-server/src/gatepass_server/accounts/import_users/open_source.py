"""Find out what kind of file it is, and open it with the right reader."""

from collections.abc import Generator
from pathlib import Path
from typing import Literal

from gatepass_server.accounts.import_users.csv_reader import open_csv
from gatepass_server.accounts.import_users.jsonl_reader import open_jsonl
from gatepass_server.accounts.import_users.source import Source, SourceRow
from gatepass_server.accounts.import_users.sqlite_reader import SIGNATURE, open_sqlite
from gatepass_server.domain.errors import InvalidInput

Format = Literal["sqlite", "csv", "jsonl"]

_READERS = {"sqlite": open_sqlite, "csv": open_csv, "jsonl": open_jsonl}


def open_source(path: Path, file_format: Format | None) -> Source:
    """Open ``path``; without a format, its first bytes and its name decide.

    Raises:
        InvalidInput: (also while reading) it cannot be read, or is not what the format says.
    """
    try:
        if path.exists() and not path.is_file():  # reading a pipe or a device may never end
            raise InvalidInput(f"{path} cannot be read: it is not a file.")
        source = _READERS[file_format or detect(path)](path)
    except OSError as error:
        raise _unreadable(path, error) from None
    return Source(source.total, _guarded(path, source.rows))


def detect(path: Path) -> Format:
    """The format of a file: SQLite by its signature, JSON lines by name or an opening brace, else CSV.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith(SIGNATURE):
        return "sqlite"
    if path.suffix.lower() in {".jsonl", ".ndjson", ".json"}:
        return "jsonl"
    return "jsonl" if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else "csv"


def _guarded(path: Path, rows: Generator[SourceRow, None, None]) -> Generator[SourceRow, None, None]:
    try:
        yield from rows
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(f"{path} cannot be read: {error.strerror or error}.")
