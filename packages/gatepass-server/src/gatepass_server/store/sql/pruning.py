"""Deleting rows that have expired, a few at a time."""

from sqlalchemy import Table, bindparam, delete, select

from gatepass_server.store.sql.connection import Connection


class Pruning:
    """Two statements that delete the oldest expired rows of a table with the columns ``digest`` and ``expires_at``.

    What another process holds is passed over, so nobody waits for anybody; SQLite has one writer anyway.
    """

    def __init__(self, table: Table) -> None:
        self.expired = (
            select(table.c.digest)
            .where(table.c.expires_at < bindparam("before"))
            .order_by(table.c.expires_at)
            .limit(bindparam("limit"))
            .with_for_update(skip_locked=True)
        )
        self._delete = delete(table).where(table.c.digest == bindparam("of"))

    def __call__(self, connection: Connection, before: int, *, limit: int) -> int:
        """Delete up to ``limit`` rows that expired before ``before``; with none, it is a look at an index."""
        expired = connection.execute(self.expired, {"before": before, "limit": limit}).scalars()
        if not expired:
            return 0
        return connection.execute(self._delete, [{"of": one} for one in expired]).rowcount
