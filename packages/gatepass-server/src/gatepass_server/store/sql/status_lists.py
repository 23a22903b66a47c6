"""The lists of the revocation feed in the database."""

from collections.abc import Sequence

from sqlalchemy import bindparam, case, delete, func, insert, literal, select, update

from gatepass_server.domain.status_lists import StatusBlock, StatusList
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.tables import client_grants, sessions, status_lists

_LISTS = status_lists.c
_OPEN_LIST = status_lists.alias("open_list")
# Of racing callers one waits for the other's row lock, and PostgreSQL then judges the row anew by the outer conditions.
_NEWEST = (
    select(_OPEN_LIST.c.number)
    .where(
        _OPEN_LIST.c.closes_at > bindparam("now"),
        _OPEN_LIST.c.next_index + bindparam("count") <= _OPEN_LIST.c.size,
    )
    .order_by(_OPEN_LIST.c.number.desc())
    .limit(1)
    .scalar_subquery()
)
_END = _LISTS.closes_at + bindparam("reach")
_TAKE = (
    update(status_lists)
    .where(
        _LISTS.number == _NEWEST,
        _LISTS.closes_at > bindparam("now"),
        _LISTS.next_index + bindparam("count") <= _LISTS.size,
    )
    .values(
        next_index=_LISTS.next_index + bindparam("count"),
        expires_at=case((_LISTS.expires_at < _END, _END), else_=_LISTS.expires_at),
    )
    .returning(_LISTS.number, _LISTS.next_index, _LISTS.closes_at, _LISTS.expires_at)
)
_NUMBER = select(
    func.coalesce(func.max(_LISTS.number), 0) + 1,
    bindparam("size", type_=_LISTS.size.type),
    literal(0),
    bindparam("now", type_=_LISTS.opened_at.type),
    bindparam("closes_at", type_=_LISTS.closes_at.type),
    bindparam("expires_at", type_=_LISTS.expires_at.type),
)
_OPEN = insert(status_lists).from_select(
    ["number", "size", "next_index", "opened_at", "closes_at", "expires_at"], _NUMBER
)
_DELETE_EXPIRED = delete(status_lists).where(_LISTS.expires_at <= bindparam("now"))
_LIVE = select(_LISTS.number, _LISTS.size).where(_LISTS.expires_at > bindparam("now")).order_by(_LISTS.number)
_ALWAYS = 0
"""Seconds since the epoch before any session."""

ENDED_SINCE = select(sessions.c.status_index).where(
    sessions.c.status_list == bindparam("number"), sessions.c.ended_at >= bindparam("since")
)
ENDED_CLIENT_GRANTS_SINCE = select(client_grants.c.status_index).where(
    client_grants.c.status_list == bindparam("number"), client_grants.c.ended_at >= bindparam("since")
)


class SqlStatusLists:
    """The port ``StatusLists``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, count: int, *, now: int, reach: int) -> StatusBlock | None:
        """See ``StatusLists.take``."""
        row = self._connection.execute(_TAKE, {"count": count, "now": now, "reach": reach}).first()
        if row is None:
            return None
        number, next_index, closes_at, expires_at = row
        return StatusBlock(
            list=number, first=next_index - count, count=count, closes_at=closes_at, expires_at=expires_at
        )

    def open(self, *, size: int, now: int, closes_at: int, expires_at: int) -> None:
        """See ``StatusLists.open``."""
        values = {"size": size, "now": now, "closes_at": closes_at, "expires_at": expires_at}
        self._connection.execute(_OPEN, values)  # before others go: the last number must not come again
        self._connection.execute(_DELETE_EXPIRED, {"now": now})

    def live(self, now: int) -> Sequence[StatusList]:
        """See ``StatusLists.live``."""
        return [StatusList(*row) for row in self._connection.execute(_LIVE, {"now": now})]

    def ended(self, number: int, *, since: int | None) -> Sequence[int]:
        """See ``StatusLists.ended``. It reads a part of an index, and nothing else."""
        values = {"number": number, "since": _ALWAYS if since is None else since}
        ended = self._connection.execute(ENDED_SINCE, values).scalars()
        return [*ended, *self._connection.execute(ENDED_CLIENT_GRANTS_SINCE, values).scalars()]
