"""Log-ins in the database."""

from sqlalchemy import Connection, bindparam, insert, select, update

from gatepass_server.domain.accounts import User
from gatepass_server.domain.sessions import Session
from gatepass_server.store.ports import LiveSession
from gatepass_server.store.sql.expired_sessions import prune_sessions
from gatepass_server.store.sql.statements import is_storable
from gatepass_server.store.sql.tables import sessions, users
from gatepass_server.store.sql.users import COLUMNS as USER_COLUMNS

_COLUMNS = (
    sessions.c.id,
    sessions.c.user_id,
    sessions.c.client_id,
    sessions.c.scope,
    sessions.c.methods,
    sessions.c.authenticated_at,
    sessions.c.created_at,
    sessions.c.expires_at,
    sessions.c.address,
    sessions.c.device,
    sessions.c.ended_at,
)

_ADD = insert(sessions)
_WITH_USER = (
    select(*_COLUMNS, *USER_COLUMNS)
    .join_from(sessions, users, sessions.c.user_id == users.c.id)
    .where(sessions.c.id == bindparam("session_id"))
)
_END = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_END_ALL_OF = (
    update(sessions)
    .where(sessions.c.user_id == bindparam("owner"), sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)


class SqlSessions:
    """The port ``Sessions``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, session: Session) -> None:
        """See ``Sessions.add``."""
        values = {
            "id": session.id,
            "user_id": session.user_id,
            "client_id": session.client_id,
            "scope": session.scope,
            "methods": " ".join(session.methods),
            "authenticated_at": session.authenticated_at,
            "created_at": session.created_at,
            "expires_at": session.expires_at,
            "address": session.address,
            "device": session.device,
            "ended_at": session.ended_at,
        }
        self._connection.execute(_ADD, values)

    def with_user(self, session_id: str) -> LiveSession | None:
        """See ``Sessions.with_user``."""
        if not is_storable(session_id):
            return None
        row = self._connection.execute(_WITH_USER, {"session_id": session_id}).first()
        if row is None:
            return None
        session_id, user_id, client_id, scope, methods, *rest = row[: len(_COLUMNS)]
        session = Session(session_id, user_id, client_id, scope, tuple(methods.split()), *rest)
        return LiveSession(session=session, user=User(*row[len(_COLUMNS) :]))

    def end(self, session_id: str, now: int) -> bool:
        """See ``Sessions.end``."""
        if not is_storable(session_id):
            return False
        return self._connection.execute(_END, {"session_id": session_id, "now": now}).rowcount == 1

    def end_all_of(self, user_id: str, now: int) -> int:
        """See ``Sessions.end_all_of``."""
        if not is_storable(user_id):
            return 0
        return self._connection.execute(_END_ALL_OF, {"owner": user_id, "now": now}).rowcount

    def prune(self, now: int, *, limit: int) -> int:
        """See ``Sessions.prune``."""
        return prune_sessions(self._connection, now, limit=limit)
