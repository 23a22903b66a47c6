"""Accounts from CSV with a header (RFC 4180): ``name,email,password`` and, if wanted, ``public_id``."""

import csv
from collections.abc import Generator
from pathlib import Path

from gatepass_server.accounts.import_users.source import FIELDS, REQUIRED_FIELDS, Source, SourceRow
from gatepass_server.accounts.import_users.text_lines import TextLines
from gatepass_server.domain.errors import FieldFault, InvalidInput


def open_csv(path: Path) -> Source:
    """Read the file as it is asked for. Commas separate, or semicolons or tabs if the header has no comma.

    Raises:
        InvalidInput: (while reading) not UTF-8, not CSV, or the header lacks a column.
        OSError: (while reading) the file cannot be read.
    """
    return Source(path.stat().st_size, _rows(path))


def _rows(path: Path) -> Generator[SourceRow, None, None]:
    with path.open("rb") as file:
        lines = TextLines(file)
        text = iter(lines)
        header = next(text, "")
        delimiter = next((mark for mark in ",;\t" if mark in header), ",")
        names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
        _check_header(names)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        while True:
            place = f"line {lines.number + 1}"
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise InvalidInput(
                    f"The record that starts in {place} is not CSV: {error}. Check its quotation marks."
                ) from None
            if values:
                yield _row(place, lines.position, names, values)


def _check_header(names: list[str]) -> None:
    missing = [name for name in REQUIRED_FIELDS if name not in names]
    if missing:
        raise InvalidInput(
            f"The first line must name the columns; it lacks {', '.join(missing)}. "
            "Expected: name,email,password and, if wanted, public_id."
        )
    for name in FIELDS:
        if names.count(name) > 1:
            raise InvalidInput(f"The first line names the column {name} twice.")


def _row(place: str, position: int, names: list[str], values: list[str]) -> SourceRow:
    if len(values) != len(names):
        fault = FieldFault("row", "malformed", f"This row has {len(values)} fields, the header {len(names)}.")
        return SourceRow(place, position, fault=fault)
    found = dict(zip(names, values, strict=True))
    return SourceRow(place, position, {name: found[name] for name in FIELDS if name in found})
