"""Accounts from JSON lines: one object a line, with the members name, email, password and public_id."""

import json
from collections.abc import Generator
from pathlib import Path

from gatepass_server.accounts.import_users.source import FIELDS, Source, SourceRow
from gatepass_server.accounts.import_users.text_lines import TextLines
from gatepass_server.domain.errors import FieldFault


def open_jsonl(path: Path) -> Source:
    """Read the file as it is asked for; empty lines are passed over.

    Raises:
        InvalidInput: (while reading) the file is not UTF-8.
        OSError: (while reading) it cannot be read.
    """
    return Source(path.stat().st_size, _rows(path))


def _rows(path: Path) -> Generator[SourceRow, None, None]:
    with path.open("rb") as file:
        lines = TextLines(file)
        for line in lines:
            if line.strip():
                yield _row(f"line {lines.number}", lines.position, line)


def _row(place: str, position: int, line: str) -> SourceRow:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return _malformed(place, position, "This line is not JSON.")
    if not isinstance(found, dict):
        return _malformed(place, position, "This line is JSON, but not an object in braces.")
    return SourceRow(place, position, {name: found[name] for name in FIELDS if name in found})


def _malformed(place: str, position: int, sentence: str) -> SourceRow:
    return SourceRow(place, position, fault=FieldFault("row", "malformed", sentence))
