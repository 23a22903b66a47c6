"""Each store compiles its statements once, and tests make thousands of stores in one process.

Stores of one kind share what was compiled. What else a store keeps, it keeps for itself.
"""

from typing import TYPE_CHECKING, Any

from gatepass_server.store.sql.compiled import Statements

if TYPE_CHECKING:
    from weakref import WeakKeyDictionary

    from sqlalchemy import Dialect


def compile_statements_once() -> None:
    """From now on, in this process."""
    shared: dict[str, WeakKeyDictionary[Any, Any]] = {}
    begin = Statements.__init__

    def begin_shared(statements: Statements, dialect: "Dialect") -> None:
        begin(statements, dialect)
        statements._known = shared.setdefault(dialect.name, statements._known)

    changed: Any = Statements
    changed.__init__ = begin_shared
