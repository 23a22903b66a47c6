"""Deleting sessions that came to an end, with their tokens, a few at a time."""

from sqlalchemy import bindparam, delete, select

from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.tables import sessions

# What another process holds is passed over, so nobody waits for anybody; SQLite has one writer anyway.
EXPIRED = (
    select(sessions.c.id)
    .where(sessions.c.idle_expires_at < bindparam("before"))
    .order_by(sessions.c.idle_expires_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_DELETE = delete(sessions).where(sessions.c.id == bindparam("expired"))


def prune_sessions(connection: Connection, before: int, *, limit: int) -> int:
    """See ``Sessions.prune``. Where nothing has expired, it is one look at an index.

    A session has one family of refresh tokens, and opaque tokens no longer than these live: few rows go with it.
    """
    ids = connection.execute(EXPIRED, {"before": before, "limit": limit}).scalars()
    if not ids:
        return 0
    return connection.execute(_DELETE, [{"expired": one} for one in ids]).rowcount
