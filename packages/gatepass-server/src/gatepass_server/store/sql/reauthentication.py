"""A session whose owner has proved anew who they are."""

from typing import Any

from sqlalchemy import and_, bindparam, case, update

from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.tables import sessions

_REAUTHENTICATE = (
    update(sessions)
    .where(
        and_(
            sessions.c.id == bindparam("session_id"),
            sessions.c.cookie_digest == bindparam("old"),
            sessions.c.ended_at.is_(None),
            sessions.c.idle_expires_at > bindparam("now"),
            sessions.c.expires_at > bindparam("now"),
        )
    )
    .values(
        cookie_digest=bindparam("new"),
        methods=bindparam("amr"),
        authenticated_at=bindparam("now"),
        last_seen_at=bindparam("now"),
        idle_expires_at=case(
            (sessions.c.expires_at < bindparam("end"), sessions.c.expires_at), else_=bindparam("end")
        ),
    )
)

_THROUGH = _REAUTHENTICATE.values(
    identity_id=bindparam("identity"), upstream_sid=bindparam("sid"), authenticated_at=bindparam("at")
)


def reauthenticate_session(connection: Connection, values: dict[str, Any]) -> bool:
    """See ``Sessions.reauthenticate``. True if the session is live and had the old cookie."""
    statement = _THROUGH if "identity" in values else _REAUTHENTICATE
    return connection.execute(statement, values).rowcount == 1
