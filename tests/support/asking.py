"""Statements that a store on PostgreSQL is asked directly, and a person who is there or not."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.uow import SqlUnitOfWork
from tests.support.samples import sample_user

FAILS = "SELECT 1 / 0"


def add(store: SqlStore, user_id: str) -> None:
    """Keep a person."""
    with store.write() as uow:
        uow.users.add(sample_user(user_id, f"{user_id}@example.com"))


def say(uow: SqlUnitOfWork, statement: str, *values: Any) -> Any:
    """Have a statement wait, with values for ``$1`` and so on."""
    return uow._connection._driver.execute(statement, values)


def run(transaction: AbstractContextManager[SqlUnitOfWork], act: Callable[[SqlUnitOfWork], None]) -> None:
    """Do something in a transaction."""
    with transaction as uow:
        act(uow)


def is_there(store: SqlStore, user_id: str) -> bool:
    """Whether a person is kept."""
    with store.look() as uow:
        return uow.users.by_id(user_id) is not None


def backend(store: SqlStore) -> int:
    """The process of the server that answers the connection."""
    with store.read() as uow:
        return int(say(uow, "SELECT pg_backend_pid()").fetchone()[0])
