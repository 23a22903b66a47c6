"""A database that is away, locked, full or read-only: a clear error, without the password of its address."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from gatepass_server.domain.errors import Busy, GatepassError, OperatorError
from gatepass_server.store.sql import SqlStore, postgresql, schema
from gatepass_server.store.sql.failures import StatementRefusedError, explain
from tests.support.databases import with_parameters
from tests.support.postgres import running_postgres
from tests.support.samples import sample_session, sample_user

NOBODY_LISTENS = "postgresql://ann:hunter2@127.0.0.1:1/gatepass?connect_timeout=2"


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[SqlStore]:
    """A store on a new file, which is impatient."""
    schema.upgrade(sqlite_url)
    store = SqlStore(sqlite_url, busy_timeout=0.05)
    yield store
    store.close()


@pytest.fixture
def postgres_store(ready_postgres_url: str) -> Iterator[SqlStore]:
    """A store with one connection."""
    store = SqlStore(ready_postgres_url, pool_size=1)
    yield store
    store.close()


def _add(store: SqlStore, user_id: str = "u1", name: str = "Ann") -> None:
    with store.write() as uow:
        uow.users.add(sample_user(user_id, name + "@example.com"))


def _disconnect_all(url: str) -> None:
    """What a restart of the server does to its clients."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_during_requests_a_server_that_is_away_is_busy() -> None:
    store = SqlStore(NOBODY_LISTENS)
    for begin in (store.write, store.read):
        with pytest.raises(Busy) as busy, begin():
            pass
        assert 1 <= busy.value.retry_after <= 5
        assert "127.0.0.1" in busy.value.reason
        assert "hunter2" not in f"{busy.value!r} {busy.value.reason}"
    store.close()


@pytest.mark.parametrize("start", [schema.upgrade, schema.current, lambda url: SqlStore(url).check_ready()])
def test_at_the_start_a_server_that_is_away_is_told_to_the_operator(start: Callable[[str], object]) -> None:
    with pytest.raises(
        OperatorError, match=r"postgresql://ann@127.0.0.1:1/gatepass.*refused.*Start or free it"
    ) as told:
        start(NOBODY_LISTENS)
    assert "hunter2" not in f"{told.value!r} {told.value.reason}"


def test_connections_that_the_server_closed_are_replaced_unnoticed(
    postgres_store: SqlStore, ready_postgres_url: str
) -> None:
    for number in range(3):
        _disconnect_all(ready_postgres_url)
        name = f"u{number}"
        with postgres_store.write() as uow:
            uow.users.add(sample_user(name))
        _disconnect_all(ready_postgres_url)
        with postgres_store.read() as uow:
            assert uow.users.by_id(name) is not None


def test_a_server_that_goes_during_a_transaction_leaves_nothing_and_is_busy(
    postgres_store: SqlStore, ready_postgres_url: str
) -> None:
    def be_cut_off() -> None:
        with postgres_store.write() as uow:
            uow.users.add(sample_user("u1"))
            _disconnect_all(ready_postgres_url)
            uow.users.add(sample_user("u2"))

    with pytest.raises(Busy) as busy:
        be_cut_off()
    assert 1 <= busy.value.retry_after <= 5
    with postgres_store.read() as uow:
        assert list(uow.users.page(after=None, limit=9)) == []


def test_a_server_that_goes_before_the_commit_is_busy(
    postgres_store: SqlStore, ready_postgres_url: str
) -> None:
    def be_cut_off() -> None:
        with postgres_store.write() as uow:
            uow.users.add(sample_user("u1"))
            _disconnect_all(ready_postgres_url)

    with pytest.raises(Busy):
        be_cut_off()


def test_a_server_that_ends_and_its_connections_are_busy() -> None:
    with running_postgres() as url:
        schema.upgrade(url)
        store = SqlStore(url)
        _add(store)
    for begin in (store.write, store.read):
        with pytest.raises(Busy), begin():
            pass
    store.close()


def test_a_server_that_closes_each_new_connection_is_busy(
    postgres_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_is_readable", lambda _descriptor: True)
    with pytest.raises(Busy):
        _add(postgres_store)
    monkeypatch.undo()
    _add(postgres_store)


def test_a_file_that_another_program_keeps_locked_is_busy(sqlite_store: SqlStore, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "gatepass.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy) as busy:
        _add(sqlite_store)
    assert 1 <= busy.value.retry_after <= 5
    with sqlite_store.read() as uow:
        assert uow.users.by_id("u1") is None, "readers never wait"
    other.close()
    _add(sqlite_store)


def test_a_writer_that_keeps_the_others_of_its_process_waiting_makes_them_busy(
    sqlite_store: SqlStore,
) -> None:
    with sqlite_store.write(), pytest.raises(Busy):
        _add(sqlite_store)


def test_a_full_database_is_told_and_leaves_nothing(sqlite_store: SqlStore) -> None:
    with sqlite_store._engines.writer.begin() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OperatorError, match="no space left"):
        _add(sqlite_store, name="x" * 10**6)
    with sqlite_store.read() as uow:
        assert uow.users.by_id("u1") is None
    _add(sqlite_store)


def test_a_database_that_can_only_be_read_is_told_and_still_read(sqlite_store: SqlStore) -> None:
    _add(sqlite_store)
    with sqlite_store._engines.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(OperatorError, match="only be read"):
        _add(sqlite_store, "u2")
    with sqlite_store.read() as uow:
        assert uow.users.by_id("u1") is not None


def test_a_standby_server_is_told(ready_postgres_url: str) -> None:
    store = SqlStore(with_parameters(ready_postgres_url, options="-c default_transaction_read_only=on"))
    with pytest.raises(OperatorError, match="only be read"):
        _add(store)
    store.close()


def test_a_statement_that_takes_too_long_is_busy(ready_postgres_url: str) -> None:
    store = SqlStore(with_parameters(ready_postgres_url, options="-c statement_timeout=20ms"))
    with pytest.raises(Busy), store.write() as uow:
        uow._connection.execute(text("SELECT pg_sleep(5)"))
    store.close()


def test_a_server_that_answers_too_slowly_is_busy() -> None:
    """Each kind of a driver's error about connections is one: psycopg has several."""
    explained = explain(psycopg.errors.ConnectionTimeout("connection timeout expired"), writes=False)
    assert isinstance(explained, Busy)


def test_a_pool_in_which_nothing_is_free_is_busy(
    postgres_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_store._engines.writer.pool, "_timeout", 0.05)
    with postgres_store.read(), pytest.raises(Busy):
        _add(postgres_store)


def test_an_error_of_the_database_tells_no_value_of_a_row(ready_database_url: str) -> None:
    store = SqlStore(ready_database_url)
    with pytest.raises(StatementRefusedError) as refused, store.write() as uow:
        uow.sessions.add(sample_session(user_id="secret-value"))
    for attribute in (str(refused.value), repr(refused.value)):
        assert "secret-value" not in attribute
    assert refused.value.__suppress_context__, "the driver's own error, which tells the row, is not printed"
    store.close()


def test_busy_is_told_within_the_time_that_was_set(sqlite_store: SqlStore, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "gatepass.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(GatepassError):
        _add(sqlite_store)
    other.close()
    assert time.monotonic() - started < 5
