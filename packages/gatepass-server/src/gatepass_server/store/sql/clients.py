"""Programs in the database."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.statements import is_storable
from gatepass_server.store.sql.tables import clients, consents

_COLUMNS = (
    clients.c.id,
    clients.c.name,
    clients.c.secret_digest,
    clients.c.created_at,
    clients.c.registration,
    clients.c.access_digest,
    clients.c.signing_salt,
)
_ADD = insert(clients)
_BY_ID = select(*_COLUMNS).where(clients.c.id == bindparam("client_id"))
_ALL = select(*_COLUMNS).order_by(clients.c.created_at, clients.c.id)
_FIRST_PAGE = select(*_COLUMNS).order_by(clients.c.id).limit(bindparam("limit"))
_NEXT_PAGE = _FIRST_PAGE.where(clients.c.id > bindparam("after"))
_REPLACED = (
    "name",
    "secret_digest",
    "registration",
    "backchannel_logout_uri",
    "access_digest",
    "signing_salt",
)
_REPLACE = (
    update(clients)
    .where(clients.c.id == bindparam("client_id"))
    .values({name: bindparam(f"new_{name}") for name in _REPLACED})
)
_DELETE = delete(clients).where(clients.c.id == bindparam("client_id"))
_FORGET_CONSENTS = delete(consents).where(consents.c.client_id == bindparam("client_id"))
_decode = msgspec.json.Decoder(ClientMetadata).decode


class SqlClients:
    """The port ``Clients``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, client: Client) -> None:
        """See ``Clients.add``."""
        self._connection.execute(_ADD, {"id": client.id, "created_at": client.created_at, **_values(client)})

    def by_id(self, client_id: str) -> Client | None:
        """See ``Clients.by_id``."""
        if not is_storable(client_id):
            return None
        row = self._connection.execute(_BY_ID, {"client_id": client_id}).first()
        return None if row is None else _client(row)

    def all(self) -> Sequence[Client]:
        """See ``Clients.all``."""
        return [_client(row) for row in self._connection.execute(_ALL)]

    def page(self, *, after: str | None, limit: int) -> Sequence[Client]:
        """See ``Clients.page``."""
        if after is None:
            rows = self._connection.execute(_FIRST_PAGE, {"limit": limit})
        elif is_storable(after):
            rows = self._connection.execute(_NEXT_PAGE, {"limit": limit, "after": after})
        else:
            return ()
        return [_client(row) for row in rows]

    def replace(self, client: Client) -> bool:
        """See ``Clients.replace``."""
        values = {f"new_{name}": value for name, value in _values(client).items()}
        return self._connection.execute(_REPLACE, {"client_id": client.id, **values}).rowcount == 1

    def delete(self, client_id: str) -> bool:
        """See ``Clients.delete``."""
        if not is_storable(client_id):
            return False
        self._connection.execute(_FORGET_CONSENTS, {"client_id": client_id})
        return self._connection.execute(_DELETE, {"client_id": client_id}).rowcount == 1


def _values(client: Client) -> dict[str, Any]:
    return {
        "name": client.name,
        "secret_digest": client.secret_digest,
        "registration": msgspec.json.encode(client.metadata).decode(),
        "backchannel_logout_uri": client.metadata.backchannel_logout_uri or None,
        "access_digest": client.access_digest,
        "signing_salt": client.signing_salt,
    }


def _client(row: tuple[Any, ...]) -> Client:
    return Client(
        id=row[0],
        name=row[1],
        secret_digest=row[2],
        created_at=row[3],
        metadata=_decode(row[4]),
        access_digest=row[5],
        signing_salt=row[6],
    )
