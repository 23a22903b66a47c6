"""A database with a million sessions, one in a hundred ended, all in one status list: written in bulk."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, text

from bench.people import PASSWORD
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.store.sql import schema
from tests.support.databases import new_database
from tests.support.postgres import running_postgres

SESSIONS = 1_000_000
SIZE = 2**20
LIST = 1
_DAY = 86_400

_NUMBERS = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
    f"WHERE i < {SESSIONS - 1}) SELECT i FROM n)",
    "postgresql": f"(SELECT generate_series AS i FROM generate_series(0, {SESSIONS - 1}))",
}
_CHANCE = {"sqlite": "abs(random() % 1000000) / 1000000.0", "postgresql": "random()"}
_ENDED = """CASE WHEN {chance} < 0.01 THEN CAST(:now - {days} * {chance} AS BIGINT) END"""
_INSERT = """
    INSERT INTO gatepass_sessions (id, user_id, client_id, scope, mode, methods, authenticated_at, created_at,
        last_seen_at, idle_expires_at, expires_at, address, device, status_list, status_index, ended_at)
    SELECT 'session-' || i, 'u1', 'gatepass', 'account', 'token', 'pwd', :now, :now, :now, :now + 1209600,
        :now + 7776000, '192.0.2.1', 'Mozilla/5.0 (X11; Linux x86_64)', {number}, i, {ended}
    FROM {numbers} AS numbers
"""


def fill(url: str) -> float:
    """Fill a database with tables; how many seconds it took."""
    begun, now = time.perf_counter(), int(time.time())
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    dialect = engine.dialect.name
    ended = _ENDED.format(chance=_CHANCE[dialect], days=20 * _DAY)
    insert = _INSERT.format(number=LIST, ended=ended, numbers=_NUMBERS[dialect])
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO gatepass_users (id, name, email, email_key, password_hash, is_admin, created_at) "
                "VALUES ('u1', 'Ann', 'ann@example.com', 'ann@example.com', :hash, :no, 0)"
            ),
            {"hash": PasswordHasher().hash(PASSWORD), "no": False},
        )
        connection.execute(
            text("INSERT INTO gatepass_status_lists VALUES (:number, :size, :next, :now, :closes, :expires)"),
            {
                "number": LIST,
                "size": SIZE,
                "next": SESSIONS,
                "now": now,
                "closes": now + 30 * _DAY,
                "expires": now + 121 * _DAY,
            },
        )
        connection.execute(text(insert), {"now": now})
        if dialect == "postgresql":
            connection.execute(text("ANALYZE gatepass_sessions"))
    engine.dispose()
    return time.perf_counter() - begun


@contextmanager
def filled_postgres() -> Iterator[tuple[str, float]]:
    """A PostgreSQL database with all that; its address, and the seconds that filling took."""
    with running_postgres() as server, new_database(server) as url:
        schema.upgrade(url)
        yield url, fill(url)
