"""Programs in the database."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from gatepass_server.domain.clients import Client
from gatepass_server.store.sql.statements import is_storable
from gatepass_server.store.sql.tables import clients

_COLUMNS = tuple(clients.c)
_ADD = insert(clients)
_BY_ID = select(*_COLUMNS).where(clients.c.id == bindparam("client_id"))
_ALL = select(*_COLUMNS).order_by(clients.c.created_at, clients.c.id)
_DELETE = delete(clients).where(clients.c.id == bindparam("client_id"))


class SqlClients:
    """The port ``Clients``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, client: Client) -> None:
        """See ``Clients.add``."""
        self._connection.execute(_ADD, {column.name: getattr(client, column.name) for column in _COLUMNS})

    def by_id(self, client_id: str) -> Client | None:
        """See ``Clients.by_id``."""
        if not is_storable(client_id):
            return None
        row = self._connection.execute(_BY_ID, {"client_id": client_id}).first()
        return None if row is None else Client(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name

    def all(self) -> Sequence[Client]:
        """See ``Clients.all``."""
        rows = self._connection.execute(_ALL)
        return [Client(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name

    def delete(self, client_id: str) -> bool:
        """See ``Clients.delete``."""
        if not is_storable(client_id):
            return False
        return self._connection.execute(_DELETE, {"client_id": client_id}).rowcount == 1
