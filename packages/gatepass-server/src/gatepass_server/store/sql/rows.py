"""What came of a statement."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

Conversion = Callable[[Any], Any]
"""Makes a value of Python of what the driver tells."""

Convert = Conversion | None
"""None where that is one already."""


class Rows:
    """The rows that a statement told. They are read at once, or not at all.

    Args:
        cursor: of the driver (PEP 249).
        names: of the columns.
        converts: for the columns whose values the driver tells otherwise, by their places.
    """

    __slots__ = ("_converts", "_cursor", "_names")

    def __init__(self, cursor: Any, names: Sequence[str], converts: Sequence[tuple[int, Conversion]]) -> None:
        self._cursor = cursor
        self._names = names
        self._converts = converts

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return int(self._cursor.rowcount)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.all())

    def all(self) -> list[tuple[Any, ...]]:
        """Every row."""
        rows: list[tuple[Any, ...]] = self._cursor.fetchall()
        return [self._converted(row) for row in rows] if self._converts else rows

    def first(self) -> tuple[Any, ...] | None:
        """The first row, if there is one."""
        row: tuple[Any, ...] | None = self._cursor.fetchone()
        self._cursor.close()  # SQLite would read on otherwise
        return row if row is None or not self._converts else self._converted(row)

    def one(self) -> tuple[Any, ...]:
        """The only row.

        Raises:
            LookupError: there is none, or another.
        """
        rows = self.all()
        if len(rows) != 1:
            raise LookupError(f"one row was expected, and there are {len(rows)}")
        return rows[0]

    def scalar(self) -> Any:
        """The first value of the first row; None where there is no row."""
        row = self.first()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        """The first value of the only row.

        Raises:
            LookupError: there is none, or another.
        """
        return self.one()[0]

    def scalars(self) -> list[Any]:
        """The first value of every row."""
        return [row[0] for row in self.all()]

    def mappings(self) -> list[dict[str, Any]]:
        """Every row, by the names of the columns."""
        return [dict(zip(self._names, row, strict=True)) for row in self.all()]

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for place, convert in self._converts:
            values[place] = convert(values[place])
        return tuple(values)


def changed_one(rows: Rows) -> bool:
    """Whether a statement changed the one row that it was for."""
    return rows.rowcount == 1
