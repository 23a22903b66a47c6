"""The audit log in the database."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, literal_column, select

from gatepass_server.domain.audit import GENESIS, AuditEvent, AuditRow, ChainLink, ChainStart
from gatepass_server.store.ports import Chain
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.tables import audit_events, audit_starts

_COLUMNS = tuple(audit_events.c)
_NAMES = tuple(column.name for column in _COLUMNS)
_ROW = select(*_COLUMNS)
HEAD = (
    select(audit_events.c.position, audit_events.c.mac)
    .order_by(audit_events.c.position.desc())
    .limit(literal_column("1"))  # PostgreSQL would plan each time for the number of a parameter
)
_ADD = insert(audit_events)
_OLDEST = _ROW.order_by(audit_events.c.position).limit(bindparam("limit"))
_DELETE = delete(audit_events).where(audit_events.c.position <= bindparam("last"))
_START = (
    select(audit_starts.c.position, audit_starts.c.mac, audit_starts.c.seal)
    .order_by(audit_starts.c.position.desc())
    .limit(1)
)
_ADD_START = insert(audit_starts)
_DELETE_STARTS = delete(audit_starts).where(audit_starts.c.position < bindparam("last"))

_EVERY = 16
"""Positions from one deletion to the next: to look at the oldest rows with every event would cost as much again."""

_DELETED_AT_ONCE = 2 * _EVERY
"""More than came since, so that a log that was kept for longer once shrinks."""


class SqlAuditEvents:
    """The port ``AuditEvents``."""

    __slots__ = ("_connection", "_lock", "_waiting", "_writes")

    def __init__(self, connection: Connection, lock: Callable[[str], None], *, writes: bool) -> None:
        self._connection = connection
        self._lock = lock
        self._writes = writes
        self._waiting: list[tuple[AuditEvent, Chain, int | None]] = []

    def append(self, event: AuditEvent, chain: Chain, *, keep_from: int | None) -> None:
        """See ``AuditEvents.append``. Only a writing transaction can."""
        if not self._writes:
            raise RuntimeError("An event is written by the transaction that does it; this one only reads.")
        self._waiting.append((event, chain, keep_from))

    def finish(self) -> None:
        """Write what waits.

        The lock is held until the transaction has committed, by one transaction at a time among all processes; what
        comes after it must wait for nobody. The head is read when it is held: a statement sees what was committed
        before it began.
        """
        if not self._waiting:
            return
        self._lock("audit")
        before = link = self.head()
        rows = []
        for event, chain, _ in self._waiting:
            row = chain.row(link, event)
            link = ChainLink(row.position, row.mac)
            rows.append({name: getattr(row, name) for name in _NAMES})
        self._connection.execute(_ADD, rows if len(rows) > 1 else rows[0])  # one alone is cheaper so
        _, chain, keep_from = self._waiting[-1]
        if keep_from is not None and link.position // _EVERY > before.position // _EVERY:
            self._prune(chain, keep_from)
        self._waiting.clear()

    @property
    def is_waiting(self) -> bool:
        """Whether an event is to be written at the end of the transaction."""
        return bool(self._waiting)

    def head(self) -> ChainLink:
        """See ``AuditEvents.head``."""
        row = self._connection.execute(HEAD).first()
        return GENESIS if row is None else ChainLink(*row)

    def start(self) -> ChainStart | None:
        """See ``AuditEvents.start``."""
        row = self._connection.execute(_START).first()
        if row is None:
            return None
        position, mac, seal = row
        return ChainStart(ChainLink(position, mac), seal)

    def page(
        self, *, after: int, limit: int, user_id: str | None = None, kind: str | None = None
    ) -> Sequence[AuditRow]:
        """See ``AuditEvents.page``."""
        past = _narrowed(_ROW, user_id, kind).where(audit_events.c.position > after)
        return self._rows(past.order_by(audit_events.c.position).limit(limit))

    def newest(
        self, *, limit: int, user_id: str | None = None, kind: str | None = None
    ) -> Sequence[AuditRow]:
        """See ``AuditEvents.newest``."""
        found = _narrowed(_ROW, user_id, kind).order_by(audit_events.c.position.desc()).limit(limit)
        return self._rows(found)[::-1]

    def _rows(self, query: Select[Any], **values: int) -> list[AuditRow]:
        return [
            AuditRow(**dict(zip(_NAMES, row, strict=True))) for row in self._connection.execute(query, values)
        ]

    def _prune(self, chain: Chain, keep_from: int) -> None:
        """Delete old rows from the start on, up to the first that is to be kept; never the head.

        A start is never proved over what somebody has tampered with: that stays, for who verifies the log to find.
        """
        start = self.start()
        if start is not None and not chain.is_genuine(start):
            return
        before = last = GENESIS if start is None else start.last_deleted
        for row in self._rows(_OLDEST, limit=_DELETED_AT_ONCE):
            if not chain.follows(last, row) or row.at >= keep_from:
                break
            last = ChainLink(row.position, row.mac)
        if last == before:
            return
        start = chain.start(last)
        self._connection.execute(_DELETE, {"last": last.position})
        self._connection.execute(_ADD_START, {"position": last.position, "mac": last.mac, "seal": start.seal})
        self._connection.execute(_DELETE_STARTS, {"last": last.position})


def _narrowed(query: Select[Any], user_id: str | None, kind: str | None) -> Select[Any]:
    if user_id is not None:
        query = query.where(audit_events.c.user_id == user_id)
    if kind is not None:
        query = query.where(audit_events.c.kind == kind)
    return query
