"""What programs have for themselves, in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from gatepass_server.domain.opaque_tokens import ClientGrant, ClientToken
from gatepass_server.domain.sessions import StatusIndex
from gatepass_server.store.ports import ClientAccess
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.pruning import Pruning
from gatepass_server.store.sql.tables import client_grants, client_tokens
from gatepass_server.store.sql.terms import decode_terms, encode_terms

_COLUMNS = (
    client_grants.c.id,
    client_grants.c.client_id,
    client_grants.c.status_list,
    client_grants.c.status_index,
    client_grants.c.created_at,
    client_grants.c.expires_at,
    client_grants.c.ended_at,
)
_TOKEN_COLUMNS = tuple(client_tokens.c)
_TOKEN_NAMES = tuple(column.name for column in _TOKEN_COLUMNS)
_ADD = insert(client_grants)
_ADD_TOKEN = insert(client_tokens)
_LATEST = (
    select(*_COLUMNS)
    .where(
        client_grants.c.client_id == bindparam("client"),
        client_grants.c.ended_at.is_(None),
        client_grants.c.expires_at > bindparam("now"),
    )
    .order_by(client_grants.c.expires_at.desc(), client_grants.c.id)
    .limit(1)
)
_BY_ID = select(*_COLUMNS).where(client_grants.c.id == bindparam("grant"))
_AT = select(*_COLUMNS).where(
    client_grants.c.status_list == bindparam("number"), client_grants.c.status_index == bindparam("index")
)
_END = (
    update(client_grants)
    .where(client_grants.c.client_id == bindparam("client"), client_grants.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_FIND = (
    select(*_COLUMNS, *_TOKEN_COLUMNS)
    .join_from(client_tokens, client_grants, client_tokens.c.grant_id == client_grants.c.id)
    .where(client_tokens.c.digest == bindparam("of"))
)
_FORGET_TOKEN = delete(client_tokens).where(client_tokens.c.digest == bindparam("of"))
EXPIRED = (
    select(client_grants.c.id)
    .where(client_grants.c.expires_at < bindparam("before"))
    .order_by(client_grants.c.expires_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_DELETE = delete(client_grants).where(client_grants.c.id == bindparam("expired"))
PRUNING = Pruning(client_tokens)


class SqlClientGrants:
    """The port ``ClientGrants``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, grant: ClientGrant) -> None:
        """See ``ClientGrants.add``."""
        values = {
            "id": grant.id,
            "client_id": grant.client_id,
            "status_list": None if grant.status is None else grant.status.list,
            "status_index": None if grant.status is None else grant.status.index,
            "created_at": grant.created_at,
            "expires_at": grant.expires_at,
            "ended_at": grant.ended_at,
        }
        self._connection.execute(_ADD, values)

    def latest(self, client_id: str, *, now: int) -> ClientGrant | None:
        """See ``ClientGrants.latest``."""
        row = self._connection.execute(_LATEST, {"client": client_id, "now": now}).first()
        return None if row is None else _grant(row)

    def by_id(self, grant_id: str) -> ClientGrant | None:
        """See ``ClientGrants.by_id``."""
        row = self._connection.execute(_BY_ID, {"grant": grant_id}).first()
        return None if row is None else _grant(row)

    def at(self, status: StatusIndex) -> ClientGrant | None:
        """See ``ClientGrants.at``."""
        row = self._connection.execute(_AT, {"number": status.list, "index": status.index}).first()
        return None if row is None else _grant(row)

    def end_all_of(self, client_id: str, now: int) -> int:
        """See ``ClientGrants.end_all_of``."""
        return self._connection.execute(_END, {"client": client_id, "now": now}).rowcount

    def add_token(self, token: ClientToken) -> None:
        """See ``ClientGrants.add_token``."""
        values = {name: getattr(token, name) for name in _TOKEN_NAMES}
        self._connection.execute(_ADD_TOKEN, {**values, "terms": encode_terms(token.terms)})

    def find_token(self, digest: bytes) -> ClientAccess | None:
        """See ``ClientGrants.find_token``."""
        row = self._connection.execute(_FIND, {"of": digest}).first()
        if row is None:
            return None
        values = dict(zip(_TOKEN_NAMES, row[len(_COLUMNS) :], strict=True))
        token = ClientToken(**{**values, "terms": decode_terms(values["terms"])})
        return ClientAccess(token=token, grant=_grant(row[: len(_COLUMNS)]))

    def delete_token(self, digest: bytes) -> bool:
        """See ``ClientGrants.delete_token``."""
        return self._connection.execute(_FORGET_TOKEN, {"of": digest}).rowcount == 1

    def prune_tokens(self, before: int, *, limit: int) -> None:
        """See ``ClientGrants.prune_tokens``."""
        PRUNING(self._connection, before, limit=limit)

    def prune(self, before: int, *, limit: int) -> int:
        """See ``ClientGrants.prune``."""
        ids = self._connection.execute(EXPIRED, {"before": before, "limit": limit}).scalars()
        rows = [{"expired": one} for one in ids]
        return self._connection.execute(_DELETE, rows).rowcount if rows else 0


def _grant(row: Sequence[Any]) -> ClientGrant:
    grant_id, client_id, number, index, created_at, expires_at, ended_at = row
    return ClientGrant(
        id=grant_id,
        client_id=client_id,
        status=None if number is None else StatusIndex(number, index),
        created_at=created_at,
        expires_at=expires_at,
        ended_at=ended_at,
    )
