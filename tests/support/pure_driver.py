"""A program that uses a store on PostgreSQL: ``PSYCOPG_IMPL=python python -m tests.support.pure_driver URL``."""

import sys

import psycopg

from gatepass_server.domain.errors import Busy
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.failures import StatementRefusedError
from tests.support.samples import sample_session, sample_user


def _main(url: str) -> None:
    store = SqlStore(url, pool_size=1)
    told = []
    try:
        with store.write() as uow:
            uow.sessions.add(sample_session(user_id="nobody"))
    except StatementRefusedError:
        told.append("refused")
    told.append(_kept(store, "u1"))
    try:
        with store.write() as uow:
            uow._connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())").all()
    except Busy:
        told.append("busy")
    told.append(_kept(store, "u2"))
    store.close()
    sys.stdout.write(f"{psycopg.pq.__impl__}: {', '.join(told)}\n")


def _kept(store: SqlStore, user_id: str) -> str:
    for number in range(8):  # before and after they are prepared
        with store.write() as uow:
            uow.users.add(sample_user(f"{user_id} {number}", f"{user_id}.{number}@example.com"))
        with store.look() as uow:
            if uow.users.by_id(f"{user_id} {number}") is None:
                return "lost"
    return "kept"


if __name__ == "__main__":
    _main(sys.argv[1])
