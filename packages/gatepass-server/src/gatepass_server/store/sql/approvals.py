"""What people approved, and programs have not redeemed yet."""

from typing import Any

from sqlalchemy import Table, bindparam, select, update

from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.statements import is_storable
from gatepass_server.store.sql.tables import sessions


class Approvals:
    """Takes approvals back that wait in a table, of one person for one program, by one atomic statement.

    Args:
        table: with the columns ``client_id``, ``session_id`` and ``consumed_at``.
        undone: the values of one that is worth nothing; ``now`` is there for them.
    """

    def __init__(self, table: Table, undone: dict[str, Any]) -> None:
        self._undo = (
            update(table)
            .where(
                table.c.client_id == bindparam("client"),
                table.c.consumed_at.is_(None),
                table.c.session_id.in_(select(sessions.c.id).where(sessions.c.user_id == bindparam("owner"))),
            )
            .values(undone)
        )

    def take_back(self, connection: Connection, user_id: str, client_id: str, values: dict[str, Any]) -> int:
        """How many were taken back. One that is being redeemed is waited for, and is a grant afterwards."""
        if not is_storable(user_id) or not is_storable(client_id):
            return 0
        given = {"owner": user_id, "client": client_id, **values}
        return connection.execute(self._undo, given).rowcount
