"""The connection of one transaction, as the ports see it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ClauseElement, Dialect

from gatepass_server.store.ports import Later
from gatepass_server.store.sql.compiled import Statements, Values
from gatepass_server.store.sql.rows import Rows

T = TypeVar("T")
NOTHING: Values = {}


class Connection:
    """Runs statements. Who begins and ends the transaction is somebody else.

    On PostgreSQL a statement is sent when somebody reads what came of one, or with the commit (``Pipeline``).

    Args:
        driver: a connection of sqlite3, or a pipeline.
        statements: of the database.
        dialect: of the database.

    Attributes:
        dialect: Of the database; its ``name`` is ``sqlite`` or ``postgresql``.
    """

    __slots__ = ("_driver", "_statements", "dialect")

    def __init__(self, driver: Any, statements: Statements, dialect: Dialect) -> None:
        self._driver = driver
        self._statements = statements
        self.dialect = dialect

    def execute(self, statement: Any, values: Values | Sequence[Mapping[str, Any]] = NOTHING) -> Rows:
        """Run a statement of SQLAlchemy Core.

        Args:
            statement: best a constant of its module: it is compiled once.
            values: of its parameters; several of them run it for each.
        """
        if isinstance(values, Mapping):
            return self._once(statement, values)
        compiled = self._statements.compiled(statement, values[0])
        cursor = self._driver.executemany(compiled.text, [compiled.parameters(row) for row in values])
        return Rows(cursor, (), ())

    def later(self, statement: Any, values: Values, read: Callable[[Rows], T]) -> Later[T]:
        """Run a statement whose answer is read when it is needed.

        On SQLite it is read at once: a statement that has rows to tell is not over, and its transaction cannot be.
        """
        rows = self.execute(statement, values)
        if self.dialect.name == "sqlite":
            told = read(rows)
            return Later(lambda: told)
        return Later(lambda: read(rows))

    def afterwards(self, text: str) -> None:
        """Run a text by itself when the transaction has committed. Only PostgreSQL needs such a thing."""
        self._driver.afterwards(text)

    def exec_driver_sql(self, text: str) -> Rows:
        """Run a text without parameters, as the driver takes it."""
        return Rows(self._driver.execute(text), (), ())

    def _once(self, statement: ClauseElement, values: Values) -> Rows:
        compiled = self._statements.compiled(statement, values)
        cursor = self._driver.execute(compiled.text, compiled.parameters(values))
        return Rows(cursor, compiled.names, compiled.converts)


class SingleRead(Connection):
    """A connection on which one statement reads, without a transaction around it."""

    __slots__ = ("_spent",)

    def __init__(self, driver: Any, statements: Statements, dialect: Dialect) -> None:
        super().__init__(driver, statements, dialect)
        self._spent = False

    def execute(self, statement: Any, values: Values | Sequence[Mapping[str, Any]] = NOTHING) -> Rows:
        """See ``Connection.execute``.

        Raises:
            RuntimeError: there was one before, and what both saw may be of two moments; or it does more than read.
        """
        if not getattr(
            statement, "is_select", False
        ):  # PostgreSQL would do it: its connections all may write
            raise RuntimeError("A look only reads: begin a transaction with write() to change something.")
        if self._spent:
            raise RuntimeError("One statement only: begin a transaction with read() for more.")
        self._spent = True
        return super().execute(statement, values)
