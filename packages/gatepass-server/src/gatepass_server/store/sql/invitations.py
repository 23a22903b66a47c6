"""Invitations to register programs, in the database."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select, update

from gatepass_server.domain.invitations import Invitation
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.tables import initial_access_tokens as invitations

_COLUMNS = tuple(invitations.c)
_NAMES = tuple(column.name for column in _COLUMNS)
_ADD = insert(invitations)
_FIND = select(*_COLUMNS).where(invitations.c.digest == bindparam("of"))
_ALL = select(*_COLUMNS).order_by(invitations.c.created_at, invitations.c.digest)
_SPEND = (
    update(invitations)
    .where(
        invitations.c.digest == bindparam("of"),
        invitations.c.uses_left > 0,
        invitations.c.expires_at > bindparam("now"),
    )
    .values(uses_left=invitations.c.uses_left - 1)
)
_REMOVE = delete(invitations).where(invitations.c.name == bindparam("called"))
_PRUNE = delete(invitations).where(invitations.c.expires_at < bindparam("before"))


class SqlInvitations:
    """The port ``Invitations``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, invitation: Invitation) -> None:
        """See ``Invitations.add``."""
        self._connection.execute(_ADD, {name: getattr(invitation, name) for name in _NAMES})

    def find(self, digest: bytes) -> Invitation | None:
        """See ``Invitations.find``."""
        found = self._connection.execute(_FIND, {"of": digest}).mappings()
        return Invitation(**found[0]) if found else None

    def spend(self, digest: bytes, now: int) -> bool:
        """See ``Invitations.spend``."""
        return self._connection.execute(_SPEND, {"of": digest, "now": now}).rowcount == 1

    def all(self) -> Sequence[Invitation]:
        """See ``Invitations.all``."""
        return [Invitation(**row) for row in self._connection.execute(_ALL).mappings()]

    def remove(self, name: str) -> int:
        """See ``Invitations.remove``."""
        return self._connection.execute(_REMOVE, {"called": name}).rowcount

    def prune(self, before: int) -> int:
        """See ``Invitations.prune``."""
        return self._connection.execute(_PRUNE, {"before": before}).rowcount
