"""What the statements of all ports share."""

from collections.abc import Callable, Mapping

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import Table

Insert = postgresql.Insert | sqlite.Insert


def per_dialect(table: Table, build: Callable[[Insert], Executable]) -> Mapping[str, Executable]:
    """One statement with ON CONFLICT for each database, by the name of its dialect."""
    return {"postgresql": build(postgresql.insert(table)), "sqlite": build(sqlite.insert(table))}


def is_storable(text: str) -> bool:
    """Whether both databases can hold ``text``.

    PostgreSQL knows no NUL character, and neither knows half of a surrogate pair. What cannot be stored is
    never found.
    """
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
