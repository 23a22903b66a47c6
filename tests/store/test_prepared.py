"""Which statements PostgreSQL is asked to prepare."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from gatepass_server.domain.errors import Busy, OperatorError
from gatepass_server.store.sql import SqlStore, prepared
from gatepass_server.store.sql.failures import StatementRefusedError
from gatepass_server.store.sql.uow import SqlUnitOfWork
from tests.support.asking import FAILS, add, backend, is_there, run, say
from tests.support.databases import with_parameters

COUNT = "SELECT count(*) FROM pg_prepared_statements"
NAMES = "SELECT name FROM pg_prepared_statements"


@pytest.fixture
def store(ready_postgres_url: str) -> Iterator[SqlStore]:
    """A store with one connection, which knows nothing yet."""
    store = SqlStore(ready_postgres_url, pool_size=1)
    yield store
    store.close()


def test_statements_that_come_again_are_prepared(store: SqlStore) -> None:
    with store.read() as uow:
        found = [say(uow, COUNT + " WHERE statement LIKE '%count(*)%'").fetchone()[0] for _ in range(8)]
    assert found == [0, 0, 0, 0, 0, 1, 1, 1], "from the sixth time on, as psycopg does"


def test_no_more_are_prepared_than_are_kept(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST_KEPT", 4)
    with store.read() as uow:
        for number in range(40):
            for _ in range(6):
                assert say(uow, f"SELECT {number}").fetchone() == (number,)
        names = say(uow, NAMES).fetchall()
    assert 3 <= len(names) <= 5


def test_what_was_to_be_given_up_behind_a_failure_is_given_up_later(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "MOST_KEPT", 2)
    one, two = "SELECT 'one'", "SELECT 'two'"

    def often(*statements: str) -> None:
        with store.read() as uow:
            for statement in statements:
                for _ in range(6):
                    say(uow, statement)

    often(one, two)

    def act(uow: SqlUnitOfWork) -> None:
        say(uow, FAILS)  # in front of all that follows
        for number in range(3):
            for _ in range(6):
                say(uow, f"SELECT {number}")

    with pytest.raises(StatementRefusedError):
        run(store.read(), act)
    often("SELECT 8", "SELECT 9")
    with store.read() as uow:
        left = [row[0] for row in say(uow, "SELECT statement FROM pg_prepared_statements").fetchall()]
    assert not {one, two, "SELECT 0", "SELECT 1", "SELECT 2"} & set(left)
    assert len(left) <= 3


def test_a_preparation_behind_a_failure_is_made_again(store: SqlStore) -> None:
    with store.read() as uow:
        for _ in range(5):
            say(uow, "SELECT 'again'")

    def act(uow: SqlUnitOfWork) -> None:
        say(uow, FAILS)
        say(uow, "SELECT 'again'")

    with pytest.raises(StatementRefusedError):
        run(store.read(), act)
    with store.read() as uow:
        assert say(uow, "SELECT 'again'").fetchone() == ("again",)
        assert say(uow, NAMES).fetchall() != []


@pytest.mark.parametrize(("threshold", "count"), [("none", 0), ("0", 2)])
def test_the_address_says_when_statements_are_prepared(
    ready_postgres_url: str, threshold: str, count: int
) -> None:
    store = SqlStore(with_parameters(ready_postgres_url, prepare_threshold=threshold), pool_size=1)
    question = COUNT + " WHERE name LIKE 'gatepass%'"
    with store.read() as uow:
        assert [say(uow, question).fetchone()[0] for _ in range(9)] == [
            count
        ] * 9  # with BEGIN, where there are any
    add(store, "u1")
    assert is_there(store, "u1")
    store.close()


def test_a_threshold_that_is_none_is_told_to_the_operator(ready_postgres_url: str) -> None:
    with pytest.raises(OperatorError, match="prepare_threshold is a number or none"):
        SqlStore(with_parameters(ready_postgres_url, prepare_threshold="often"))


@pytest.mark.parametrize("has_close", [True, False])
def test_what_was_never_prepared_is_not_given_up(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, has_close: bool
) -> None:
    """Before libpq 17 it is SQL that gives a statement up, which fails for one that is not there."""
    monkeypatch.setattr(prepared, "MOST_KEPT", 2)
    monkeypatch.setattr(psycopg.capabilities, "has_send_close_prepared", lambda: has_close)
    before = backend(store)

    def act(uow: SqlUnitOfWork) -> None:
        say(uow, FAILS)
        for number in range(4):
            for _ in range(6):
                say(uow, f"SELECT {number}")

    with pytest.raises(StatementRefusedError):
        run(store.read(), act)
    with store.read() as uow:
        for number in range(4, 8):
            assert [say(uow, f"SELECT {number}").fetchone() for _ in range(6)] == [(number,)] * 6
    assert backend(store) == before


@pytest.mark.parametrize("text", ["DEALLOCATE ALL", "DISCARD ALL"])
def test_a_server_that_has_forgotten_what_was_prepared_is_busy_once(store: SqlStore, text: str) -> None:
    for number in range(8):
        add(store, f"u{number}")
    before = backend(store)
    with closing(store._engines.writer.raw_connection()) as connection:
        connection.cursor().execute(text)
    with pytest.raises(Busy, match="busy"):
        add(store, "u8")
    assert not is_there(store, "u8")
    for number in range(8, 16):
        add(store, f"u{number}")
    assert backend(store) != before


def test_a_table_that_was_altered_fails_a_statement_on_it_once(
    store: SqlStore, ready_postgres_url: str
) -> None:
    def look() -> Any:
        with store.look() as uow:
            return say(uow, "SELECT told FROM altered").fetchone()

    with psycopg.connect(ready_postgres_url, autocommit=True) as other:
        other.execute("CREATE TABLE altered (told integer)")
        other.execute("INSERT INTO altered VALUES (7)")
        try:
            assert [look() for _ in range(8)] == [(7,)] * 8
            other.execute("ALTER TABLE altered ALTER COLUMN told TYPE text")
            with pytest.raises(StatementRefusedError):
                look()
            assert look() == ("7",)
        finally:
            other.execute("DROP TABLE altered")
