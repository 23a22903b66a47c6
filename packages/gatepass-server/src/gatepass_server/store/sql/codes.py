"""Authorization codes in the database, by their digests."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from gatepass_server.domain.grants import AuthorizationCode
from gatepass_server.store.ports import ApprovedCode
from gatepass_server.store.sql.approvals import Approvals
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.pruning import Pruning
from gatepass_server.store.sql.sessions import COLUMNS as SESSION_COLUMNS
from gatepass_server.store.sql.sessions import live_session
from gatepass_server.store.sql.tables import codes, sessions, users
from gatepass_server.store.sql.terms import decode_code_terms, encode_code_terms
from gatepass_server.store.sql.users import COLUMNS as USER_COLUMNS

_COLUMNS = tuple(codes.c)
_NAMES = tuple(column.name for column in _COLUMNS)
_ADD = insert(codes)
_FIND = select(*_COLUMNS).where(codes.c.digest == bindparam("of"))
_APPROVED = (
    select(*SESSION_COLUMNS, *USER_COLUMNS, *_COLUMNS)
    .join_from(codes, sessions, codes.c.session_id == sessions.c.id)
    .join(users, sessions.c.user_id == users.c.id)
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

    def approved(self, digest: bytes) -> ApprovedCode | None:
        """See ``Codes.approved``."""
        row = self._connection.execute(_APPROVED, {"of": digest}).first()
        if row is None:
            return None
        return ApprovedCode(code=_code(row[-len(_NAMES) :]), signed_in=live_session(row[: -len(_NAMES)]))

    def consume(self, digest: bytes, *, now: int, became: str) -> bool:
        """See ``Codes.consume``."""
        values = {"of": digest, "now": now, "session": became}
        return self._connection.execute(_CONSUME, values).rowcount == 1

    def take_back(self, user_id: str, client_id: str, *, now: int) -> int:
        """See ``Codes.take_back``."""
        return _APPROVALS.take_back(self._connection, user_id, client_id, {"now": now})

    def prune(self, before: int, *, limit: int) -> int:
        """See ``Codes.prune``."""
        return PRUNING(self._connection, before, limit=limit)


def _code(row: Sequence[Any]) -> AuthorizationCode:
    values = dict(zip(_NAMES, row, strict=True))
    values["terms"] = decode_code_terms(values["terms"])
    return AuthorizationCode(**values)
