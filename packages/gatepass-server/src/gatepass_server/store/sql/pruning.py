"""Deleting rows that have expired, a few at a time."""

from sqlalchemy import Table, bindparam, delete, select

from gatepass_server.store.sql.connection import Connection


class Pruning:
    """A statement that deletes the oldest expired rows of a table with the columns ``digest`` and ``expires_at``.

    What another process holds is passed over, so nobody waits for anybody; SQLite has one writer anyway. The rows are
    chosen apart, once: PostgreSQL could run a choice within the condition again for each row, and delete more.
    """

    def __init__(self, table: Table) -> None:
        self.expired = (
            select(table.c.digest)
            .where(table.c.expires_at < bindparam("before"))
            .order_by(table.c.expires_at)
            .limit(bindparam("limit"))
            .with_for_update(skip_locked=True)
        )
        chosen = self.expired.cte("expired")
        self._delete = delete(table).where(table.c.digest.in_(select(chosen.c.digest)))

    def __call__(self, connection: Connection, before: int, *, limit: int) -> None:
        """Delete up to ``limit`` rows that expired before ``before``; with none, it is a look at an index."""
        connection.execute(self._delete, {"before": before, "limit": limit})
