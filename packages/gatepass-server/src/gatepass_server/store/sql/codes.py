"""Authorization codes in the database, by their digests."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from gatepass_server.domain.grants import AuthorizationCode
from gatepass_server.store.ports import Later
from gatepass_server.store.ports.codes import CodeWithSession
from gatepass_server.store.sql.approvals import Approvals
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.pruning import Pruning
from gatepass_server.store.sql.rows import changed_one
from gatepass_server.store.sql.sessions import COLUMNS as SESSION_COLUMNS
from gatepass_server.store.sql.sessions import live_session
from gatepass_server.store.sql.tables import codes, sessions, users
from gatepass_server.store.sql.terms import decode_code_terms, encode_code_terms
from gatepass_server.store.sql.users import COLUMNS as USER_COLUMNS

_COLUMNS = tuple(codes.c)
_NAMES = tuple(column.name for column in _COLUMNS)
_ADD = insert(codes)
_FIND = select(*_COLUMNS).where(codes.c.digest == bindparam("of"))
_WITH_SESSION = (
    select(*_COLUMNS, *SESSION_COLUMNS, *USER_COLUMNS)
    .join_from(codes, sessions, sessions.c.id == codes.c.session_id)
    .join(users, users.c.id == sessions.c.user_id)
    .where(codes.c.digest == bindparam("of"))
)
_CONSUME = (
    update(codes)
    .where(
        codes.c.digest == bindparam("of"),
        codes.c.consumed_at.is_(None),
        codes.c.expires_at > bindparam("now"),
    )
    .values(consumed_at=bindparam("now"), became=bindparam("session"))
)
PRUNING = Pruning(codes)
_APPROVALS = Approvals(codes, {"consumed_at": bindparam("now")})


class SqlCodes:
    """The port ``Codes``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, code: AuthorizationCode) -> None:
        """See ``Codes.add``."""
        values = {name: getattr(code, name) for name in _NAMES}
        values["terms"] = encode_code_terms(code.terms)
        self._connection.execute(_ADD, values)

    def find(self, digest: bytes) -> AuthorizationCode | None:
        """See ``Codes.find``."""
        row = self._connection.execute(_FIND, {"of": digest}).first()
        return None if row is None else _code(row)

    def with_session(self, digest: bytes) -> CodeWithSession | None:
        """See ``Codes.with_session``."""
        row = self._connection.execute(_WITH_SESSION, {"of": digest}).first()
        return None if row is None else CodeWithSession(_code(row), live_session(row[len(_COLUMNS) :]))

    def consume(self, digest: bytes, *, now: int, became: str) -> Later[bool]:
        """See ``Codes.consume``."""
        values = {"of": digest, "now": now, "session": became}
        return self._connection.later(_CONSUME, values, changed_one)

    def take_back(self, user_id: str, client_id: str, *, now: int) -> int:
        """See ``Codes.take_back``."""
        return _APPROVALS.take_back(self._connection, user_id, client_id, {"now": now})

    def prune(self, before: int, *, limit: int) -> None:
        """See ``Codes.prune``."""
        PRUNING(self._connection, before, limit=limit)


def _code(row: Sequence[Any]) -> AuthorizationCode:
    values = dict(zip(_NAMES, row, strict=False))  # the columns of its sign-in may follow
    return AuthorizationCode(**{**values, "terms": decode_code_terms(values["terms"])})
