"""Statements on PostgreSQL travel together, and what comes of them comes out where it should."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Text, bindparam, insert
from sqlalchemy.schema import Column, MetaData, Table

from gatepass_server.domain.errors import Busy
from gatepass_server.store.ports import Later
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.failures import StatementRefusedError
from gatepass_server.store.sql.uow import SqlUnitOfWork
from tests.support.asking import FAILS, add, backend, is_there, run, say
from tests.support.databases import with_parameters
from tests.support.round_trips import noted_round_trips
from tests.support.samples import NOW, sample_session, sample_user

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(ready_postgres_url: str) -> Iterator[SqlStore]:
    """A store with one connection, so that each test shows, too, in what state the one before it left that."""
    store = SqlStore(ready_postgres_url, pool_size=1)
    yield store
    store.close()


@pytest.fixture
def trips(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The round trips of a test, of a store that is connected."""
    add(store, "first")
    return noted_round_trips(monkeypatch)


def end(pid: int, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def first_words(trips: list[list[str]]) -> list[list[str]]:
    return [[statement.split()[0] for statement in trip] for trip in trips]


def test_what_nobody_reads_travels_with_the_commit(store: SqlStore, trips: list[list[str]]) -> None:
    with store.write(durable=False) as uow:
        uow.sessions.add(sample_session(user_id="first"))
        uow.throttles.clear("a")
        assert trips == []
    assert first_words(trips) == [["BEGIN", "SET", "INSERT", "DELETE", "COMMIT"]]
    trips.clear()
    with store.write() as uow:
        uow.throttles.clear("a")
        assert uow.sessions.with_user("s1") is not None
        uow.throttles.clear("b")
    assert first_words(trips) == [["BEGIN", "DELETE", "SELECT"], ["DELETE", "COMMIT"]]


def test_one_look_is_one_round_trip_and_nothing_is_none(store: SqlStore, trips: list[list[str]]) -> None:
    assert is_there(store, "first")
    assert first_words(trips) == [["SELECT"]]
    trips.clear()
    for begin in (store.write, store.read, store.look):
        with begin():
            pass
    assert trips == []


def test_each_statement_sees_what_those_before_it_did(store: SqlStore) -> None:
    with store.write() as uow:
        uow.users.add(sample_user("u1"))
        uow.sessions.add(sample_session(user_id="u1"))
        first = uow.sessions.prolong("s1", now=NOW + 1, idle=60)
        second = uow.sessions.prolong("s1", now=NOW + 2, idle=60)
        told = second.told(), first.told()
    assert [live.session.last_seen_at for live in told if live] == [NOW + 2, NOW + 1]


def test_a_failure_is_raised_by_whatever_is_read_next(store: SqlStore) -> None:
    reached = []

    def fail() -> None:
        with store.write() as uow:
            uow.users.add(sample_user("u1"))
            say(uow, FAILS)
            uow.users.add(sample_user("u2", "u2@example.com"))
            uow.users.by_id("u1")
            reached.append(True)

    with pytest.raises(StatementRefusedError, match="DivisionByZero 22012"):
        fail()
    assert not reached
    assert not is_there(store, "u1")
    add(store, "u3")
    assert is_there(store, "u3")


def test_a_failure_that_nobody_read_is_raised_by_the_commit(store: SqlStore) -> None:
    for rounds in range(8):  # before and after it is prepared

        def act(uow: SqlUnitOfWork) -> None:
            uow.users.add(sample_user("u1"))
            say(uow, FAILS)

        with pytest.raises(StatementRefusedError, match="DivisionByZero"):
            run(store.write(), act)
        assert not is_there(store, "u1"), rounds


def test_a_constraint_that_is_checked_by_the_commit_fails_it(store: SqlStore) -> None:
    def act(uow: SqlUnitOfWork) -> None:
        say(uow, "CREATE TEMP TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP")
        say(uow, "INSERT INTO late VALUES (1), (1)")
        uow.users.add(sample_user("u1"))
        uow.users.by_id("u1")

    with pytest.raises(StatementRefusedError, match="a constraint: UniqueViolation"):
        run(store.write(), act)
    assert not is_there(store, "u1")


def test_a_block_that_goes_on_after_a_failure_keeps_nothing(store: SqlStore) -> None:
    def act(uow: SqlUnitOfWork) -> None:
        uow.users.add(sample_user("u1"))
        before = say(uow, "SELECT 1")
        answer, after = say(uow, FAILS), say(uow, "SELECT 2")
        with pytest.raises(psycopg.errors.DivisionByZero):
            answer.fetchall()
        assert before.fetchall() == [(1,)], "this one came before the failure"
        for failed in (answer, after):
            with pytest.raises(psycopg.errors.InFailedSqlTransaction):
                failed.fetchall()

    with pytest.raises(StatementRefusedError, match="nothing was kept"):
        run(store.write(), act)
    assert not is_there(store, "u1")


@pytest.mark.parametrize("has_asked", [True, False])
def test_an_exception_forgets_what_waits_and_undoes_what_was_done(
    store: SqlStore, trips: list[list[str]], has_asked: bool
) -> None:
    def act(uow: SqlUnitOfWork) -> None:
        uow.sessions.add(sample_session("s1", user_id="first"))
        if has_asked:
            assert uow.sessions.with_user("s1") is not None
        uow.sessions.add(sample_session("s2", user_id="first"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(store.write(), act)
    assert first_words(trips) == ([["BEGIN", "INSERT", "SELECT"], ["ROLLBACK"]] if has_asked else [])
    with store.read() as uow:
        assert [uow.sessions.with_user(name) for name in ("s1", "s2")] == [None, None]


def test_what_is_for_afterwards_runs_by_itself_once_the_commit_is_done(
    store: SqlStore, trips: list[list[str]]
) -> None:
    note = (
        "INSERT INTO gatepass_throttles (key, count, resets_at)"
        " SELECT current_setting('synchronous_commit'), 1, 9"
    )

    def act(uow: SqlUnitOfWork) -> None:
        uow._connection.afterwards(note)
        uow.throttles.clear("on")

    def fail(uow: SqlUnitOfWork) -> None:
        act(uow)
        say(uow, FAILS)

    with pytest.raises(StatementRefusedError):
        run(store.write(durable=False), fail)
    with store.look() as uow:
        assert uow.throttles.peek("on", "off", now=1) == {}
    trips.clear()
    run(store.write(durable=False), act)
    assert first_words(trips) == [["BEGIN", "SET", "DELETE", "COMMIT", "INSERT"]]
    with store.look() as uow:
        assert list(uow.throttles.peek("on", "off", now=1)) == ["on"], "the haste ended with its transaction"


def test_an_answer_may_be_read_after_the_commit_and_not_after_a_rollback(store: SqlStore) -> None:
    lost = []

    def act(uow: SqlUnitOfWork) -> None:
        lost.append((uow, say(uow, "SELECT 1")))
        raise ZeroDivisionError

    with store.write() as uow:
        kept = say(uow, "SELECT 1")
    assert kept.fetchone() == (1,)
    with pytest.raises(ZeroDivisionError):
        run(store.write(), act)
    ((over, answer),) = lost
    with store.write() as other:
        say(other, "SELECT 2")
        with pytest.raises(psycopg.InterfaceError, match="never sent"):
            answer.fetchone()
    with pytest.raises(psycopg.InterfaceError, match="is over"):
        say(over, "SELECT 1")


def test_a_server_process_that_is_ended_amid_a_transaction_is_busy_and_replaced(
    store: SqlStore, ready_postgres_url: str
) -> None:
    reached = []

    def be_cut_off() -> None:
        with store.write() as uow:
            uow.users.add(sample_user("u1"))
            end(say(uow, "SELECT pg_backend_pid()").fetchone()[0], ready_postgres_url)
            reached.append("the end")
            uow.users.by_id("u1")
            reached.append("an answer of nobody")

    with pytest.raises(Busy) as busy:
        be_cut_off()
    assert reached == ["the end"]
    assert "terminating connection" in busy.value.reason
    add(store, "u2")
    assert [is_there(store, name) for name in ("u1", "u2")] == [False, True]


def test_a_lost_connection_that_a_block_does_not_mind_is_no_commit(
    store: SqlStore, ready_postgres_url: str
) -> None:
    def act(uow: SqlUnitOfWork) -> None:
        uow.users.add(sample_user("u1"))
        end(say(uow, "SELECT pg_backend_pid()").fetchone()[0], ready_postgres_url)
        with pytest.raises(psycopg.OperationalError):
            uow.users.by_id("u1")

    with pytest.raises(Busy):
        run(store.write(), act)
    assert not is_there(store, "u1")


def test_a_statement_that_takes_too_long_is_busy_and_leaves_the_connection(ready_postgres_url: str) -> None:
    store = SqlStore(with_parameters(ready_postgres_url, options="-c statement_timeout=200ms"), pool_size=1)
    before = backend(store)

    def act(uow: SqlUnitOfWork) -> None:
        uow.users.add(sample_user("u1"))
        say(uow, "SELECT pg_sleep(60)").fetchone()

    with pytest.raises(Busy):
        run(store.write(), act)
    assert not is_there(store, "u1")
    assert backend(store) == before
    store.close()


def test_ctrl_c_ends_the_statement_and_undoes_the_transaction(
    store: SqlStore, ready_postgres_url: str
) -> None:
    """Others run meanwhile: the thread that presses it could not, while the interpreter was held."""
    seen: list[str] = []

    def press() -> None:
        with psycopg.connect(ready_postgres_url, autocommit=True) as connection:
            query = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND query LIKE '%%pg_sleep%%'"
            while not connection.execute(query, [pid]).fetchone():
                continue
        seen.append("it sleeps")
        os.kill(os.getpid(), signal.SIGINT)

    pid = backend(store)
    other = threading.Thread(target=press)

    def wait() -> None:
        with store.write() as uow:
            uow.users.add(sample_user("u1"))
            other.start()
            say(uow, "SELECT pg_sleep(9)").fetchone()

    with pytest.raises(KeyboardInterrupt):
        wait()
    other.join(10)
    assert seen == ["it sleeps"]
    assert not is_there(store, "u1")


def test_a_connection_that_was_left_amid_its_answers_is_replaced(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backend(store)

    def give_up(*_: object, **__: object) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    def interrupted() -> None:
        with store.write() as uow:
            uow.users.add(sample_user("u1"))
            monkeypatch.setattr(psycopg.Connection, "wait", give_up)
            uow.users.by_id("u1")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not is_there(store, "u1")
    assert backend(store) != before


def test_a_connection_that_comes_back_amid_a_transaction_is_rolled_back(store: SqlStore) -> None:
    """Whoever is interrupted before the block begins leaves it to the pool."""
    connection = store._engines.writer.raw_connection()
    connection.cursor().execute("BEGIN")
    connection.close()
    assert is_there(store, "u1") is False
    with store.write() as uow:
        say(uow, "SET LOCAL synchronous_commit = off").rowcount  # noqa: B018 - which sends it
    add(store, "u1")
    assert is_there(store, "u1")


VALUES = [
    ("text", "a"),
    ("text", "维基 \n ' $1 %s"),
    ("text", ""),
    ("text", None),
    ("bytea", b"\0\xff'"),
    ("bytea", b""),
    ("bytea", None),
    ("bigint", 0),
    ("bigint", -1),
    ("bigint", 2**63 - 1),
    ("integer", 2**31 - 1),
    ("bigint", None),
    ("float8", 1.5),
    ("float8", None),
    ("boolean", True),
    ("boolean", False),
    ("boolean", None),
    ("text[]", ["a", 'b"c', ""]),
    ("text[]", []),
    ("json", None),
]


def test_values_come_back_as_they_went(store: SqlStore) -> None:
    with store.read() as uow:
        for _ in range(7):  # before and after it is prepared
            for kind, value in VALUES:
                assert say(uow, f"SELECT $1::{kind}", value).fetchall() == [(value,)], kind
        assert say(uow, "SELECT $1::jsonb", '{"a": [1, null]}').fetchone() == ({"a": [1, None]},)
        all_at_once = say(
            uow,
            "SELECT " + ", ".join(f"${n}::{k}" for n, (k, _) in enumerate(VALUES, 1)),
            *(value for _, value in VALUES),
        )
        assert all_at_once.fetchone() == tuple(value for _, value in VALUES)


def test_a_value_that_postgresql_has_not_is_refused_at_once(store: SqlStore) -> None:
    reached = []

    def fail() -> None:
        with store.write() as uow:
            say(uow, "SELECT $1::text", "a\0b")
            reached.append(True)

    with pytest.raises(StatementRefusedError):
        fail()
    assert not reached


def test_many_rows_are_changed_and_counted(store: SqlStore, trips: list[list[str]]) -> None:
    table = Table("many", MetaData(), Column("id", Text))
    with store.write() as uow:
        say(uow, "CREATE TEMP TABLE many (id text) ON COMMIT DROP")
        added = uow._connection.execute(insert(table), [{"id": str(number)} for number in range(200)])
        found = uow._connection.execute(
            table.select().where(table.c.id.in_(bindparam("ids", expanding=True))), {"ids": ["7", "9", "x"]}
        )
        assert sorted(found.scalars()) == ["7", "9"]
        assert added.rowcount == 200
        removed = uow._connection.execute(
            table.delete().where(table.c.id == bindparam("one")), [{"one": "7"}, {"one": "x"}, {"one": "9"}]
        )
        assert removed.rowcount == 2
    assert len(trips) == 3


def test_more_than_the_sockets_hold_goes_both_ways_at_once(store: SqlStore) -> None:
    much = "x" * 300_000
    with store.read() as uow:
        answers = [say(uow, "SELECT $1::text || $2", much, str(number)) for number in range(60)]
        for number, answer in enumerate(answers):
            assert answer.fetchone() == (much + str(number),)


def test_a_statement_for_nobody_is_run_all_the_same(store: SqlStore, trips: list[list[str]]) -> None:
    with store.look() as uow:
        say(uow, "SELECT 1")
    assert first_words(trips) == [["SELECT"]]


def test_an_answer_that_was_not_read_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match="told"):
        bool(Later(lambda: True))


def test_psycopg_without_its_c_does_the_same(ready_postgres_url: str) -> None:
    command = [sys.executable, "-m", "tests.support.pure_driver", ready_postgres_url]
    environ = {**os.environ, "PSYCOPG_IMPL": "python"}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if "no pq wrapper available" in done.stderr:
        pytest.skip("there is no libpq beside psycopg's own")
    assert (done.returncode, done.stdout) == (0, "python: refused, kept, busy, kept\n"), done.stderr
