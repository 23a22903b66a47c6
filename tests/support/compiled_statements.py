"""SQLAlchemy compiles each statement once for each engine, and tests make thousands of engines in one process.

Engines of one kind share what was compiled. What else an engine keeps, it keeps for itself.
"""

from typing import Any

from sqlalchemy import Engine


class _Statements(dict[Any, Any]):
    """Compiled statements by kind of database and by everything else that SQLAlchemy asks by."""

    def get(self, key: Any, default: Any = None) -> Any:
        """See ``Mapping.get``: the first part of the key is the engine's own dialect."""
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), value)


def compile_statements_once() -> None:
    """From now on, in this process."""
    statements = _Statements()
    changed: Any = Engine
    changed._compiled_cache = property(lambda _: statements, lambda *_: None)
