"""Refresh tokens in the database, by their digests."""

from sqlalchemy import Connection, bindparam, insert, select, update

from gatepass_server.domain.sessions import RefreshToken
from gatepass_server.store.sql.tables import refresh_tokens

_COLUMNS = (
    refresh_tokens.c.digest,
    refresh_tokens.c.session_id,
    refresh_tokens.c.generation,
    refresh_tokens.c.created_at,
    refresh_tokens.c.expires_at,
    refresh_tokens.c.consumed_at,
)
"""In the order of the fields of ``RefreshToken``."""

_ADD = insert(refresh_tokens)
_CONSUME = (
    update(refresh_tokens)
    .where(refresh_tokens.c.digest == bindparam("token"), refresh_tokens.c.consumed_at.is_(None))
    .values(consumed_at=bindparam("now"))
    .returning(*_COLUMNS)
)
_SPENT = select(*_COLUMNS).where(
    refresh_tokens.c.digest == bindparam("token"), refresh_tokens.c.consumed_at.is_not(None)
)


class SqlRefreshTokens:
    """The port ``RefreshTokens``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, token: RefreshToken) -> None:
        """See ``RefreshTokens.add``."""
        values = {
            "digest": token.digest,
            "session_id": token.session_id,
            "generation": token.generation,
            "created_at": token.created_at,
            "expires_at": token.expires_at,
            "consumed_at": token.consumed_at,
        }
        self._connection.execute(_ADD, values)

    def consume(self, digest: bytes, now: int) -> RefreshToken | None:
        """See ``RefreshTokens.consume``."""
        row = self._connection.execute(_CONSUME, {"token": digest, "now": now}).first()
        return None if row is None else RefreshToken(*row)

    def spent(self, digest: bytes) -> RefreshToken | None:
        """See ``RefreshTokens.spent``."""
        row = self._connection.execute(_SPENT, {"token": digest}).first()
        return None if row is None else RefreshToken(*row)
