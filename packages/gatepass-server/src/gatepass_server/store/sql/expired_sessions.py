"""Deleting sessions whose time is over, and their refresh tokens, a few at a time."""

from sqlalchemy import BindParameter, Connection, bindparam, delete, select

from gatepass_server.store.sql.tables import refresh_tokens, sessions

TOKENS_AT_ONCE = 500
"""So many refresh tokens are deleted at most by one call: some milliseconds of somebody's log-in."""

# What another process holds is passed over, so nobody waits for anybody; SQLite has one writer anyway.
EXPIRED = (
    select(sessions.c.id)
    .where(sessions.c.expires_at <= bindparam("now"))
    .order_by(sessions.c.expires_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
_TOKENS = (
    select(refresh_tokens.c.digest)
    .where(refresh_tokens.c.session_id.in_(_IDS))
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_DELETE_TOKENS = delete(refresh_tokens).where(refresh_tokens.c.digest.in_(_TOKENS.scalar_subquery()))
_HAS_TOKENS = select(refresh_tokens.c.digest).where(refresh_tokens.c.session_id == sessions.c.id).exists()
_DELETE = delete(sessions).where(sessions.c.id.in_(_IDS), ~_HAS_TOKENS)


def prune_sessions(connection: Connection, now: int, *, limit: int) -> int:
    """See ``Sessions.prune``. Where nothing has expired, it is one look at an index."""
    ids = connection.execute(EXPIRED, {"now": now, "limit": limit}).scalars().all()
    if not ids:
        return 0
    connection.execute(_DELETE_TOKENS, {"ids": ids, "limit": TOKENS_AT_ONCE})
    return connection.execute(_DELETE, {"ids": ids}).rowcount
