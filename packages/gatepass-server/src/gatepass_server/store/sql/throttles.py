"""Counters that all processes share, in the database."""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Executable, and_, bindparam, case, delete, select

from gatepass_server.store.ports import Attempts
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.statements import PerDialect, is_storable
from gatepass_server.store.sql.tables import throttles

if TYPE_CHECKING:
    from gatepass_server.store.sql.statements import Insert

_LONGEST_KEY = 512
"""Characters. PostgreSQL cannot index a value that is much longer (a page of its index is 8 kB)."""

_PRUNED_FOR_EACH_START = 3
"""More than one, so that the ended counters of a flood go in a third of the time that brought them."""


def _hit(insert: "Insert") -> Executable:
    """Start a window, or count in the one that runs.

    A window never ends later than one that would start now, so a clock that was wrong for a while, or a
    setting that was longer once, locks nobody out for long.
    """
    runs = throttles.c.resets_at > bindparam("now")
    sooner = throttles.c.resets_at < insert.excluded.resets_at
    return insert.on_conflict_do_update(
        index_elements=[throttles.c.key],
        set_={
            "count": case((runs, throttles.c.count + 1), else_=1),
            "resets_at": case((and_(runs, sooner), throttles.c.resets_at), else_=insert.excluded.resets_at),
        },
    ).returning(throttles.c.count, throttles.c.resets_at)


_HIT = PerDialect(throttles, _hit)
_PEEK = select(throttles.c.key, throttles.c.count, throttles.c.resets_at).where(
    throttles.c.key.in_([bindparam("name"), bindparam("other")]), throttles.c.resets_at > bindparam("now")
)
_CLEAR = delete(throttles).where(throttles.c.key == bindparam("name"))
ENDED = (
    select(throttles.c.key)
    .where(throttles.c.resets_at <= bindparam("now"))
    .order_by(throttles.c.resets_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)  # two processes that prune take different rows; SQLite has one writer
)
_CHOSEN = ENDED.cte("ended")  # apart, so that it is made once
_PRUNE = delete(throttles).where(throttles.c.key.in_(select(_CHOSEN.c.key)))


def _kept_key(key: str) -> str:
    """``key``, or what stands for it where the database could not hold it."""
    if len(key) <= _LONGEST_KEY and is_storable(key):
        return key
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class SqlThrottles:
    """The port ``Throttles``."""

    __slots__ = ("_connection", "_now", "_started")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._started = 0
        self._now = 0

    def hit(self, key: str, *, window: int, now: int) -> Attempts:
        """See ``Throttles.hit``."""
        statement = _HIT[self._connection.dialect.name]
        values = {"key": _kept_key(key), "count": 1, "resets_at": now + window, "now": now}
        attempts = Attempts(*self._connection.execute(statement, values).one())
        if attempts == Attempts(1, now + window):
            self._started += 1
            self._now = now
        return attempts

    def peek(self, key: str, other: str, *, now: int) -> Mapping[str, Attempts]:
        """See ``Throttles.peek``."""
        names = {_kept_key(key): key, _kept_key(other): other}
        values = {"name": _kept_key(key), "other": _kept_key(other), "now": now}
        return {names[name]: Attempts(*row) for name, *row in self._connection.execute(_PEEK, values)}

    def clear(self, key: str) -> None:
        """See ``Throttles.clear``."""
        self._connection.execute(_CLEAR, {"name": _kept_key(key)})

    def prune(self, now: int, *, limit: int) -> None:
        """See ``Throttles.prune``."""
        self._connection.execute(_PRUNE, {"now": now, "limit": limit})

    def finish(self) -> None:
        """Delete a few ended counters for each window that was started.

        Last in its transaction: whoever holds the rows that it deletes must wait for nobody.
        """
        if self._started:
            self.prune(self._now, limit=self._started * _PRUNED_FOR_EACH_START)
