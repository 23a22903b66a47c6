"""Databases for single tests on a PostgreSQL server."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from gatepass_server.store.sql.tables import metadata

_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = sql.SQL("; ").join(
    sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)) for table in reversed(metadata.sorted_tables)
)


@contextmanager
def new_database(server_url: str) -> Iterator[str]:
    """Make a database, and drop it.

    Yields:
        Its address.
    """
    name = f"gatepass_test_{secrets.token_hex(6)}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
    _run(server_url, create.format(sql.Identifier(name)))
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        _run(server_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class Emptier:
    """Deletes every row of Gatepass's tables in one database, and ends whoever a test left connected.

    This takes a few milliseconds, where a database of its own for each test takes a third of a second. The connection
    is kept from test to test, for a new one has to learn the tables first.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = psycopg.connect(url, autocommit=True)

    def __call__(self) -> None:
        try:
            self._empty()
        except psycopg.OperationalError:  # the test before has ended this connection
            self.close()
            self._connection = psycopg.connect(self._url, autocommit=True)
            self._empty()

    def close(self) -> None:
        """Leave the database."""
        self._connection.close()

    def _empty(self) -> None:
        self._connection.execute(_END_OTHERS)
        self._connection.execute(_EMPTY)


def with_parameters(url: str, **parameters: str) -> str:
    """The address with more parameters."""
    return make_url(url).update_query_dict(parameters).render_as_string(hide_password=False)


def _run(server_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)
