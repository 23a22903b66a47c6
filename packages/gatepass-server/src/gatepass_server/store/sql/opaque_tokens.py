"""Opaque access tokens in the database, by their digests."""

from sqlalchemy import bindparam, delete, insert, select

from gatepass_server.domain.opaque_tokens import OpaqueToken
from gatepass_server.store.ports import OpaqueAccess
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.pruning import Pruning
from gatepass_server.store.sql.sessions import COLUMNS as SESSION_COLUMNS
from gatepass_server.store.sql.sessions import live_session
from gatepass_server.store.sql.tables import opaque_tokens, sessions, users
from gatepass_server.store.sql.terms import decode_terms, encode_terms
from gatepass_server.store.sql.users import COLUMNS as USER_COLUMNS

_COLUMNS = tuple(opaque_tokens.c)
_NAMES = tuple(column.name for column in _COLUMNS)
_ADD = insert(opaque_tokens)
_FIND = (
    select(*SESSION_COLUMNS, *USER_COLUMNS, *_COLUMNS)
    .join_from(opaque_tokens, sessions, opaque_tokens.c.session_id == sessions.c.id)
    .join(users, sessions.c.user_id == users.c.id)
    .where(opaque_tokens.c.digest == bindparam("of"))
)
_FORGET = delete(opaque_tokens).where(opaque_tokens.c.digest == bindparam("of"))
PRUNING = Pruning(opaque_tokens)


class SqlOpaqueTokens:
    """The port ``OpaqueTokens``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, token: OpaqueToken) -> None:
        """See ``OpaqueTokens.add``."""
        values = {name: getattr(token, name) for name in _NAMES}
        self._connection.execute(_ADD, {**values, "terms": encode_terms(token.terms)})

    def find(self, digest: bytes) -> OpaqueAccess | None:
        """See ``OpaqueTokens.find``."""
        row = self._connection.execute(_FIND, {"of": digest}).first()
        if row is None:
            return None
        joined, own = row[: -len(_NAMES)], row[-len(_NAMES) :]
        values = dict(zip(_NAMES, own, strict=True))
        token = OpaqueToken(**{**values, "terms": decode_terms(values["terms"])})
        return OpaqueAccess(token=token, live=live_session(joined))

    def delete(self, digest: bytes) -> bool:
        """See ``OpaqueTokens.delete``."""
        return self._connection.execute(_FORGET, {"of": digest}).rowcount == 1

    def prune(self, before: int, *, limit: int) -> None:
        """See ``OpaqueTokens.prune``. Where nothing has expired, it is one look at an index."""
        PRUNING(self._connection, before, limit=limit)
