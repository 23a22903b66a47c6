"""What the statements of all ports share."""

from importlib import import_module
from typing import TYPE_CHECKING

from sqlalchemy import Executable
from sqlalchemy.schema import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.dialects import postgresql, sqlite

    Insert = postgresql.Insert | sqlite.Insert


class PerDialect:
    """A statement with ON CONFLICT, which is built for each database by its own module.

    It is built once, at its first use: who keeps everything in SQLite need not load the other module, too.
    """

    def __init__(self, table: Table, build: "Callable[[Insert], Executable]") -> None:
        self._table = table
        self._build = build
        self._built: dict[str, Executable] = {}

    def __getitem__(self, dialect: str) -> Executable:
        statement = self._built.get(dialect)
        if statement is None:
            insert = import_module(f"sqlalchemy.dialects.{dialect}").insert
            statement = self._built[dialect] = self._build(insert(self._table))
        return statement


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
