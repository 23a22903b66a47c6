"""Temporary and token credentials of OAuth 1.0a in the database, by their digests."""

from sqlalchemy import bindparam, insert, select, update

from gatepass_server.domain.grants import CodeTerms
from gatepass_server.domain.oauth1 import TemporaryCredentials, TokenCredentials
from gatepass_server.store.ports import Later
from gatepass_server.store.ports.oauth1_credentials import Oauth1Access
from gatepass_server.store.sql.approvals import Approvals
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.pruning import Pruning
from gatepass_server.store.sql.rows import changed_one
from gatepass_server.store.sql.sessions import COLUMNS as SESSION_COLUMNS
from gatepass_server.store.sql.sessions import live_session
from gatepass_server.store.sql.tables import sessions, users
from gatepass_server.store.sql.tables_oauth1 import temporary_credentials as temporary
from gatepass_server.store.sql.tables_oauth1 import token_credentials as tokens
from gatepass_server.store.sql.terms import decode_code_terms, encode_code_terms
from gatepass_server.store.sql.users import COLUMNS as USER_COLUMNS

_TEMPORARY_NAMES = tuple(column.name for column in temporary.c)
_TOKEN_NAMES = tuple(column.name for column in tokens.c)
_ADD_TEMPORARY = insert(temporary)
_ADD_TOKEN = insert(tokens)
_TEMPORARY = select(*temporary.c).where(temporary.c.digest == bindparam("of"))
_TOKEN = (
    select(*SESSION_COLUMNS, *USER_COLUMNS, *tokens.c)
    .join_from(tokens, sessions, tokens.c.session_id == sessions.c.id)
    .join(users, sessions.c.user_id == users.c.id)
    .where(tokens.c.digest == bindparam("of"))
)
_WAITING = update(temporary).where(
    temporary.c.digest == bindparam("of"),
    temporary.c.consumed_at.is_(None),
    temporary.c.expires_at > bindparam("now"),
)
_UNDECIDED = _WAITING.where(temporary.c.session_id.is_(None))
_APPROVE = _UNDECIDED.values(
    session_id=bindparam("session"), verifier=bindparam("proof"), terms=bindparam("approved")
)
_WITHDRAW = _UNDECIDED.values(consumed_at=bindparam("now"))
_CONSUME = _WAITING.where(
    temporary.c.session_id.is_not(None),
    temporary.c.verifier == bindparam("proof"),
    temporary.c.misses < bindparam("most"),
).values(consumed_at=bindparam("now"))
_MISS = (
    update(temporary)
    .where(temporary.c.digest == bindparam("of"))
    .values(misses=temporary.c.misses + 1)
    .returning(temporary.c.misses)
)
PRUNING = Pruning(temporary)
_APPROVALS = Approvals(temporary, {"consumed_at": bindparam("now")})


class SqlOauth1Credentials:
    """The port ``Oauth1Credentials``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_temporary(self, credentials: TemporaryCredentials) -> None:
        """See ``Oauth1Credentials.add_temporary``."""
        values = {name: getattr(credentials, name) for name in _TEMPORARY_NAMES}
        values["terms"] = None if credentials.terms is None else encode_code_terms(credentials.terms)
        self._connection.execute(_ADD_TEMPORARY, values)

    def temporary(self, digest: bytes) -> TemporaryCredentials | None:
        """See ``Oauth1Credentials.temporary``."""
        row = self._connection.execute(_TEMPORARY, {"of": digest}).first()
        if row is None:
            return None
        values = dict(zip(_TEMPORARY_NAMES, row, strict=True))
        terms = None if values["terms"] is None else decode_code_terms(values["terms"])
        return TemporaryCredentials(**{**values, "terms": terms})

    def approve(self, digest: bytes, *, session_id: str, verifier: bytes, terms: CodeTerms, now: int) -> bool:
        """See ``Oauth1Credentials.approve``."""
        values = {
            "of": digest,
            "now": now,
            "session": session_id,
            "proof": verifier,
            "approved": encode_code_terms(terms),
        }
        return self._connection.execute(_APPROVE, values).rowcount == 1

    def withdraw(self, digest: bytes, *, now: int) -> bool:
        """See ``Oauth1Credentials.withdraw``."""
        return self._connection.execute(_WITHDRAW, {"of": digest, "now": now}).rowcount == 1

    def take_back(self, user_id: str, client_id: str, *, now: int) -> int:
        """See ``Oauth1Credentials.take_back``."""
        return _APPROVALS.take_back(self._connection, user_id, client_id, {"now": now})

    def consume(self, digest: bytes, *, verifier: bytes, most_misses: int, now: int) -> Later[bool]:
        """See ``Oauth1Credentials.consume``."""
        values = {"of": digest, "now": now, "proof": verifier, "most": most_misses}
        return self._connection.later(_CONSUME, values, changed_one)

    def miss(self, digest: bytes) -> int:
        """See ``Oauth1Credentials.miss``."""
        return self._connection.execute(_MISS, {"of": digest}).scalar() or 0

    def prune_temporary(self, before: int, *, limit: int) -> None:
        """See ``Oauth1Credentials.prune_temporary``."""
        PRUNING(self._connection, before, limit=limit)

    def add_token(self, credentials: TokenCredentials) -> None:
        """See ``Oauth1Credentials.add_token``."""
        self._connection.execute(_ADD_TOKEN, {name: getattr(credentials, name) for name in _TOKEN_NAMES})

    def token(self, digest: bytes) -> Oauth1Access | None:
        """See ``Oauth1Credentials.token``."""
        row = self._connection.execute(_TOKEN, {"of": digest}).first()
        if row is None:
            return None
        joined, own = row[: -len(_TOKEN_NAMES)], row[-len(_TOKEN_NAMES) :]
        credentials = TokenCredentials(**dict(zip(_TOKEN_NAMES, own, strict=True)))
        return Oauth1Access(token=credentials, live=live_session(joined))
