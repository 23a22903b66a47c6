"""How many rows a pruning deletes: the port does not tell, so that nobody waits for it."""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.schema import Table

from gatepass_server.store.sql.uow import SqlUnitOfWork


def pruned(uow: SqlUnitOfWork, table: Table, prune: Callable[[], None]) -> int:
    """Run it, and return how many rows the table lost."""
    count = select(func.count()).select_from(table)
    before: int = uow._connection.execute(count).scalar_one()
    prune()
    after: int = uow._connection.execute(count).scalar_one()
    return before - after
