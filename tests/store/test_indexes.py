"""What runs beside a request finds its rows by an index, however large a table has grown."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Select

from gatepass_server.store.sql import (
    SqlStore,
    audit_events,
    client_grants,
    codes,
    device_codes,
    expired_sessions,
    flows,
    oauth1_credentials,
    opaque_tokens,
    pushed_requests,
    sessions,
    spent_identifiers,
    status_lists,
    throttles,
    upstream_attempts,
)


@pytest.fixture
def store(ready_database_url: str) -> Iterator[SqlStore]:
    """A store on the tables."""
    store = SqlStore(ready_database_url)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (expired_sessions.EXPIRED, "ix_gatepass_sessions_idle_expires_at"),
        (opaque_tokens.PRUNING.expired, "ix_gatepass_opaque_tokens_expires_at"),
        (throttles.ENDED, "ix_gatepass_throttles_resets_at"),
        (status_lists.ENDED_SINCE, "ix_gatepass_sessions_ended"),
        (status_lists.ENDED_CLIENT_GRANTS_SINCE, "ix_gatepass_client_grants_status_list"),
        (sessions.BY_COOKIE, "ix_gatepass_sessions_cookie_digest"),
        (sessions.BEGUN_WITH, "ix_gatepass_sessions_identity_id"),
        (client_grants.EXPIRED, "ix_gatepass_client_grants_expires_at"),
        (codes.PRUNING.expired, "ix_gatepass_codes_expires_at"),
        (device_codes.PRUNING.expired, "ix_gatepass_device_codes_expires_at"),
        (flows.PRUNING.expired, "ix_gatepass_flows_expires_at"),
        (oauth1_credentials.PRUNING.expired, "ix_gatepass_oauth1_temporary_expires_at"),
        (pushed_requests.PRUNING.expired, "ix_gatepass_pushed_requests_expires_at"),
        (spent_identifiers.PRUNING.expired, "ix_gatepass_spent_identifiers_expires_at"),
        (upstream_attempts.PRUNING.expired, "ix_gatepass_upstream_attempts_expires_at"),
    ],
    ids=[
        "expired sessions",
        "expired tokens",
        "ended counters",
        "what was ended of a status list",
        "what programs had that was ended of a status list",
        "the session of a cookie",
        "sessions that began with an identity",
        "expired grants of programs",
        "expired codes",
        "expired device codes",
        "expired flows",
        "expired temporary credentials",
        "expired pushed requests",
        "expired identifiers",
        "expired sign-ins through other houses",
    ],
)
def test_it_is_found_by_an_index(store: SqlStore, statement: Select[Any], index: str) -> None:
    with store.write() as uow:
        connection = uow._connection
        values: dict[str, Any] = {"now": 1, "before": 1, "limit": 1, "number": 1, "since": 1}
        values |= {"digest": b"", "identity": "", "kept": ""}
        compiled = connection._statements.compiled(statement, values)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # or it reads an empty table whole
        explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = connection._driver.execute(f"{explain} {compiled.text}", compiled.parameters(values))
        assert index in "\n".join(str(row) for row in plan.fetchall())


def test_the_head_of_the_audit_log_is_found_by_its_key(store: SqlStore) -> None:
    with store.write() as uow:
        connection = uow._connection
        query = str(
            audit_events.HEAD.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        )
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # or it reads an empty table whole
            plan = connection.exec_driver_sql(f"EXPLAIN {query}")
            expected = "Index Scan Backward using pk_gatepass_audit_events"
        else:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")
            expected = "USING INDEX sqlite_autoindex_gatepass_audit_events"
        text = "\n".join(str(row) for row in plan)
        assert expected in text
        assert "TEMP B-TREE" not in text
