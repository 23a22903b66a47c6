"""Statements of SQLAlchemy Core, compiled once for a driver.

SQLAlchemy runs a statement in 0.1 to 0.2 ms, of which SQLite needs a tenth. What it does in that time is right for
every statement there could be; these are a hundred constants, whose text, parameters and types never change.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeEngine

from gatepass_server.store.sql.rows import Convert

Values = Mapping[str, Any]

_NAMED = re.compile(r"%\(([^)]+)\)s")
"""A parameter in a text that SQLAlchemy writes for psycopg."""

MOST_LENGTHS: Final = 64
"""Of the lists of one statement, for which it is kept: how many sessions somebody ends at once is up to them."""


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One place of the statement's text.

    Attributes:
        key: of its value, among those that are given.
        fixed: its value where none is given.
        needed: whether one must be given.
    """

    key: str
    fixed: Any
    needed: bool
    convert: Convert


class Compiled:
    """The text of a statement, and how its values and rows are converted.

    Args:
        statement: with the values of its lists, if it has any: how many there are is part of the text.
        dialect: of the database.
        keys: of the values that it will be given: an insertion names these columns alone.
        lists: the names of its lists.
    """

    __slots__ = ("_lists", "_parameters", "_plain", "converts", "names", "text")

    def __init__(
        self, statement: ClauseElement, dialect: Dialect, keys: Sequence[str], lists: Sequence[str]
    ) -> None:
        compiled = _compile(statement, dialect, keys, render_postcompile=bool(lists))
        text = str(compiled)
        self._lists: Final = lists
        order = compiled.positiontup
        if order is None:
            order = _NAMED.findall(text)
            text = _numbered(text)
        self.text: Final = text
        self._parameters: Final = [_parameter(name, compiled, dialect) for name in order]
        self._plain: Final = all(one.needed and one.convert is None for one in self._parameters)
        columns = getattr(statement, "exported_columns", ())
        self.names: Final = tuple(getattr(column, "name", "") for column in columns)
        converts = (_from_driver(column.type, dialect) for column in columns)
        self.converts: Final = tuple((place, one) for place, one in enumerate(converts) if one is not None)

    def parameters(self, values: Values) -> list[Any]:
        """What the driver is given beside the text.

        Raises:
            KeyError: a value is missing.
        """
        if self._lists:
            values = _spread(values, self._lists)
        if self._plain:
            return [values[one.key] for one in self._parameters]
        return [_value(one, values) for one in self._parameters]


class _Known:
    """A statement, and what it was compiled to, by the names of its values and the lengths of its lists."""

    __slots__ = ("lists", "variants")

    def __init__(self, lists: Sequence[str]) -> None:
        self.lists: Final = lists
        self.variants: Final[dict[Any, Compiled]] = {}


class Statements:
    """The compiled statements of one database. Those that are constants are compiled once."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: WeakKeyDictionary[ClauseElement, _Known] = WeakKeyDictionary()

    def compiled(self, statement: ClauseElement, values: Values) -> Compiled:
        """The statement for values of these names. Lists stand only in statements that read."""
        known = self._known.get(statement)
        if known is None:
            known = self._known[statement] = _Known(_lists(statement, self._dialect))
        key: Any = tuple(values)
        if known.lists:
            key = (key, *(len(values[name]) for name in known.lists))
        found = known.variants.get(key)
        if found is None:
            meant = statement.params(values) if known.lists else statement
            found = Compiled(meant, self._dialect, tuple(values), known.lists)
            if known.lists and len(known.variants) >= MOST_LENGTHS:
                known.variants.clear()
            known.variants[key] = found
        return found


def _numbered(text: str) -> str:
    """The text as PostgreSQL itself takes it (``$1``), which nobody need translate at every call."""
    numbers = count(1)
    return _NAMED.sub(lambda _: f"${next(numbers)}", text).replace("%%", "%")


def _compile(
    statement: ClauseElement,
    dialect: Dialect,
    keys: Sequence[str] | None,
    *,
    render_postcompile: bool = False,
) -> SQLCompiler:
    compiled = statement.compile(
        dialect=dialect, column_keys=keys, compile_kwargs={"render_postcompile": render_postcompile}
    )
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(f"{type(statement).__name__} is no statement that reads or changes rows")
    return compiled


def _lists(statement: ClauseElement, dialect: Dialect) -> Sequence[str]:
    """The names of the parameters that stand for as many values as they are given."""
    binds = _compile(statement, dialect, None).binds
    return [name for name, bind in binds.items() if bind.expanding]


def _spread(values: Values, lists: Sequence[str]) -> Values:
    """The values, with those of a list named ``ids_1``, ``ids_2`` and so on, as SQLAlchemy names them."""
    found = dict(values)
    for name in lists:
        found |= {f"{name}_{number}": value for number, value in enumerate(found.pop(name), 1)}
    return found


def _parameter(name: str, compiled: SQLCompiler, dialect: Dialect) -> _Parameter:
    bind = compiled.binds.get(name)
    if bind is None:  # one of a list
        return _Parameter(key=name, fixed=None, needed=True, convert=None)
    return _Parameter(
        key=bind.key,
        fixed=bind.effective_value,
        needed=bind.required,
        convert=_to_driver(bind, dialect),
    )


def _value(one: _Parameter, values: Values) -> Any:
    value = values[one.key] if one.needed else values.get(one.key, one.fixed)
    return value if one.convert is None else one.convert(value)


def _to_driver(bind: BindParameter[Any], dialect: Dialect) -> Convert:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
