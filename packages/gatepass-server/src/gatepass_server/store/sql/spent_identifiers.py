"""Identifiers that were spent, in the database, as digests."""

from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.pruning import Pruning
from gatepass_server.store.sql.statements import PerDialect
from gatepass_server.store.sql.tables import spent_identifiers

_SPEND = PerDialect(
    spent_identifiers,
    lambda insert: insert.on_conflict_do_nothing().returning(spent_identifiers.c.digest),
)
_PRUNED = 3
"""Forgotten with each that is new: more than come, so the table does not grow."""
PRUNING = Pruning(spent_identifiers)


class SqlSpentIdentifiers:
    """The port ``SpentIdentifiers``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def spend(self, digest: bytes, *, expires_at: int, now: int) -> bool:
        """See ``SpentIdentifiers.spend``."""
        values = {"digest": digest, "expires_at": expires_at}
        spent = self._connection.execute(_SPEND[self._connection.dialect.name], values).first() is not None
        PRUNING(self._connection, now, limit=_PRUNED)
        return spent
