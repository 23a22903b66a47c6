"""Messages about log-outs in the database."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from gatepass_server.domain.ids import new_id
from gatepass_server.domain.logout_notices import LogoutNotice
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.tables import clients, logout_notices, sessions

_COLUMNS = tuple(logout_notices.c)
_BATCH: Final = 500
"""Sessions that one statement names: SQLite takes no more than some thousand values."""

_TOLD = (
    select(sessions.c.id, sessions.c.client_id, sessions.c.user_id)
    .join_from(sessions, clients, clients.c.id == sessions.c.client_id)
    .where(clients.c.backchannel_logout_uri.is_not(None))
)
_OF_ENDED = _TOLD.where(sessions.c.id.in_(bindparam("ended", expanding=True)))
# The grants that outlive their sign-in: their programs hear of its end, too, and keep their refresh tokens.
_OF_LEFT = _TOLD.where(
    or_(
        sessions.c.id.in_(bindparam("ended", expanding=True)),
        and_(
            sessions.c.parent_id == bindparam("parent"),
            sessions.c.offline.is_(True),
            sessions.c.ended_at.is_(None),
            sessions.c.idle_expires_at > bindparam("now"),
            sessions.c.expires_at > bindparam("now"),
        ),
    )
)
_ADD = insert(logout_notices)
_DUE = logout_notices.c.next_at <= bindparam("now")
_ANY_DUE = select(logout_notices.c.id).where(_DUE).limit(1)
_CLAIM = (
    update(logout_notices)
    .where(
        logout_notices.c.id.in_(
            select(logout_notices.c.id)
            .where(_DUE)
            .order_by(logout_notices.c.attempts, logout_notices.c.next_at)
            .limit(bindparam("limit"))
            .with_for_update(skip_locked=True)
        )
    )
    .values(next_at=bindparam("until"), attempts=logout_notices.c.attempts + 1)
    .returning(*_COLUMNS)
)
_POSTPONE = (
    update(logout_notices)
    .where(logout_notices.c.id == bindparam("notice_id"), logout_notices.c.attempts == bindparam("attempt"))
    .values(next_at=bindparam("later"))
)
_REMOVE = delete(logout_notices).where(logout_notices.c.id == bindparam("notice_id"))


def queue_notices(
    connection: Connection, ended: Sequence[str], now: int, *, parent: str | None = None
) -> None:
    """Note, in the transaction that ended these sessions, whom to tell.

    Args:
        connection: In its transaction.
        ended: The ids of the sessions.
        now: When.
        parent: The sign-in among them whose remaining grants hear of it, too.
    """
    rows = [
        {
            "id": new_id(),
            "client_id": client_id,
            "session_id": session_id,
            "user_id": user_id,
            "created_at": now,
            "next_at": now,
            "attempts": 0,
        }
        for session_id, client_id, user_id in _told(connection, ended, now, parent)
    ]
    if rows:
        connection.execute(_ADD, rows)


def _told(
    connection: Connection, ended: Sequence[str], now: int, parent: str | None
) -> Iterator[tuple[str, str, str]]:
    if parent is not None:
        values = {"ended": list(ended), "parent": parent, "now": now}
        yield from connection.execute(_OF_LEFT, values)
        return
    for first in range(0, len(ended), _BATCH):
        values = {"ended": list(ended[first : first + _BATCH])}
        yield from connection.execute(_OF_ENDED, values)


class SqlLogoutNotices:
    """The port ``LogoutNotices``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def are_due(self, now: int) -> bool:
        """See ``LogoutNotices.are_due``."""
        return self._connection.execute(_ANY_DUE, {"now": now}).first() is not None

    def claim(self, now: int, *, until: int, limit: int) -> Sequence[LogoutNotice]:
        """See ``LogoutNotices.claim``."""
        rows = self._connection.execute(_CLAIM, {"now": now, "until": until, "limit": limit})
        return [LogoutNotice(**row) for row in rows.mappings()]

    def postpone(self, notice: LogoutNotice, next_at: int) -> bool:
        """See ``LogoutNotices.postpone``."""
        values = {"notice_id": notice.id, "attempt": notice.attempts, "later": next_at}
        return self._connection.execute(_POSTPONE, values).rowcount == 1

    def remove(self, notice_id: str) -> bool:
        """See ``LogoutNotices.remove``."""
        return self._connection.execute(_REMOVE, {"notice_id": notice_id}).rowcount == 1
