"""Sealed secrets in the database."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select, update

from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.statements import PerDialect
from gatepass_server.store.sql.tables import secrets

_ADD = PerDialect(secrets, lambda insert: insert.on_conflict_do_nothing())
_FIND = select(secrets.c.sealed).where(secrets.c.name == bindparam("wanted"))
_ALL = select(secrets.c.name, secrets.c.sealed).order_by(secrets.c.name)
_RESEAL = update(secrets).where(secrets.c.name == bindparam("wanted")).values(sealed=bindparam("anew"))


class SqlSealedSecrets:
    """The port ``SealedSecrets``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, name: str, sealed: bytes, *, now: int) -> bytes:
        """See ``SealedSecrets.add``."""
        statement = _ADD[self._connection.dialect.name]
        self._connection.execute(statement, {"name": name, "sealed": sealed, "created_at": now})
        kept: bytes = self._connection.execute(_FIND, {"wanted": name}).scalar_one()
        return kept

    def find(self, name: str) -> bytes | None:
        """See ``SealedSecrets.find``."""
        found: bytes | None = self._connection.execute(_FIND, {"wanted": name}).scalar()
        return found

    def all(self) -> Mapping[str, bytes]:
        """See ``SealedSecrets.all``."""
        return dict(self._connection.execute(_ALL))

    def reseal(self, name: str, sealed: bytes) -> None:
        """See ``SealedSecrets.reseal``."""
        self._connection.execute(_RESEAL, {"wanted": name, "anew": sealed})
