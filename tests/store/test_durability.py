"""A durable transaction waits for the disk, whatever became of a hasty one before it on the same connection."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any

import psycopg
import pytest

from gatepass_server.domain.errors import Busy
from gatepass_server.store.sql import SqlStore, ways
from gatepass_server.store.sql.failures import StatementRefusedError
from gatepass_server.store.sql.postgresql import FLUSH
from tests.support.audit_house import AuditHouse
from tests.support.clock import FakeClock
from tests.support.round_trips import noted_round_trips
from tests.support.samples import NOW

FULL, NORMAL = 2, 1
BEGIN: CodeType = ways.say_durability.__code__
AT_THE_END = 0
LINES = {line for *_, line in BEGIN.co_lines() if line} - {BEGIN.co_firstlineno}


@pytest.fixture
def store(ready_sqlite_url: str) -> Iterator[SqlStore]:
    """A store on a file, whose writers share one connection."""
    store = SqlStore(ready_sqlite_url, busy_timeout=0.1)
    yield store
    store.close()


def how_it_commits(store: SqlStore, *, durable: bool = True) -> object:
    with store.write(durable=durable) as uow:
        return uow._connection.exec_driver_sql("PRAGMA synchronous").scalar()


def interrupting(line: int) -> Callable[[FrameType, str, Any], Any]:
    """Ctrl-C before the given line of what begins a transaction, or at its very end."""

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code is not BEGIN:
            return None
        if (event == "line" and frame.f_lineno == line) or (event == "return" and line == AT_THE_END):
            raise KeyboardInterrupt
        return trace

    return trace


@pytest.mark.parametrize("line", [AT_THE_END, *sorted(LINES)])
def test_a_begin_may_be_interrupted_anywhere(store: SqlStore, line: int) -> None:
    assert how_it_commits(store) == FULL
    before = sys.gettrace()
    sys.settrace(interrupting(line))
    try:
        with pytest.raises(KeyboardInterrupt):
            how_it_commits(store, durable=False)
    finally:
        sys.settrace(before)
    assert how_it_commits(store) == FULL
    assert how_it_commits(store, durable=False) == NORMAL


def test_a_begin_that_waited_in_vain_leaves_nothing(store: SqlStore, ready_sqlite_url: str) -> None:
    how_it_commits(store)
    other = SqlStore(ready_sqlite_url)
    with other.write(), pytest.raises(Busy), store.write(durable=False):
        pass
    other.close()
    assert how_it_commits(store) == FULL


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError, RuntimeError),
        (KeyboardInterrupt, KeyboardInterrupt),
        (sqlite3.OperationalError, StatementRefusedError),
    ],
)
def test_a_hasty_transaction_that_fails_leaves_nothing(
    store: SqlStore, error: type[BaseException], told: type[BaseException]
) -> None:
    def fail() -> None:
        with store.write(durable=False) as uow:
            uow.throttles.hit("k", window=60, now=NOW)
            raise error

    with pytest.raises(told):
        fail()
    assert how_it_commits(store) == FULL
    with store.write() as uow:
        assert uow.throttles.hit("k", window=60, now=NOW).count == 1


def test_a_connection_that_was_given_up_is_replaced_by_a_durable_one(store: SqlStore) -> None:
    with pytest.raises(StatementRefusedError), store.write(durable=False) as uow:
        uow._connection._driver.close()
    assert how_it_commits(store) == FULL
    how_it_commits(store, durable=False)
    store.close()
    assert how_it_commits(store) == FULL


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (psycopg.Error, StatementRefusedError),
        (RuntimeError, RuntimeError),
        (KeyboardInterrupt, KeyboardInterrupt),
    ],
)
def test_on_postgresql_haste_ends_with_its_transaction(
    ready_postgres_url: str, error: type[BaseException], told: type[BaseException]
) -> None:
    store = SqlStore(ready_postgres_url, pool_size=1)

    def ask(fails_with: type[BaseException] | None = None) -> object:
        with store.write(durable=fails_with is None) as uow:
            answer = uow._connection.exec_driver_sql("SHOW synchronous_commit").scalar()
            if fails_with is not None:
                assert answer == "off"
                raise fails_with
        return answer

    with pytest.raises(told):
        ask(error)
    assert ask() == "on"
    store.close()


def test_on_postgresql_nobody_holds_the_head_of_the_audit_log_while_waiting_for_the_disk(
    ready_postgres_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is waited for in a transaction of its own, which is durable; it travels with the commit."""
    store = SqlStore(ready_postgres_url, pool_size=1)
    house = AuditHouse(store, clock)
    trips = noted_round_trips(monkeypatch)
    house.write("a")
    first, second = " | ".join(trips[-1]).split("COMMIT")
    first = " | ".join(" | ".join(trip) for trip in trips[:-1]) + first
    acts = ["set_config(", "pg_advisory_xact_lock", "INSERT INTO gatepass_audit"]
    assert [act for act in acts if act in first] == acts
    assert first.index(acts[0]) < first.index(acts[1]) < first.index(acts[2])
    assert FLUSH in second
    assert "off" not in second
    trips.clear()
    for durable in (True, False):  # without events
        with store.write(durable=durable) as uow:
            uow.throttles.hit("k", window=60, now=NOW)
    assert trips
    assert not any(FLUSH in trip for trip in trips)
    store.close()
