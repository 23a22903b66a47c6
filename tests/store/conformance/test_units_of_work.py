"""A transaction commits when its block is left, and leaves nothing when an exception leaves it."""

import contextlib
import threading

import psycopg
import pytest

from gatepass_server.store.ports import Store
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.failures import StatementRefusedError
from tests.support.samples import sample_key, sample_session, sample_user


def test_leaving_the_block_commits(store: SqlStore, ready_database_url: str) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
    other = SqlStore(ready_database_url)
    with other.read() as uow:
        assert uow.users.by_id("u1") == sample_user()
    other.close()


@pytest.mark.parametrize("raised", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_an_exception_rolls_everything_back_and_is_raised_on(
    store: Store, raised: type[BaseException]
) -> None:
    def write_and_fail() -> None:
        with store.write() as uow:
            uow.users.add(sample_user("u1"))
            uow.sessions.add(sample_session())
            raise raised

    with pytest.raises(raised):
        write_and_fail()
    with store.write() as uow:
        assert uow.users.by_id("u1") is None
        assert uow.sessions.with_user("s1") is None


def test_what_is_not_committed_is_seen_by_nobody_else(store: Store) -> None:
    with store.write() as writing:
        writing.users.add(sample_user())
        assert writing.users.by_id("u1") is not None
        with store.read() as reading:
            assert reading.users.by_id("u1") is None


def test_a_reader_sees_one_moment_while_others_write(store: Store) -> None:
    with store.read() as reading:
        assert reading.users.by_id("u1") is None
        with store.write() as writing:
            writing.users.add(sample_user())
        assert reading.users.by_id("u1") is None
    with store.read() as reading:
        assert reading.users.by_id("u1") is not None


def test_a_reading_transaction_cannot_write(store: Store) -> None:
    with pytest.raises(StatementRefusedError), store.read() as uow:
        uow.users.add(sample_user())
    with store.read() as uow:
        assert uow.users.by_id("u1") is None


def test_a_look_cannot_write(store: Store) -> None:
    with pytest.raises(RuntimeError), store.look() as uow:
        uow.users.add(sample_user())
    with store.read() as uow:
        assert uow.users.by_id("u1") is None


def test_a_look_is_one_statement(store: Store) -> None:
    with store.look() as uow:
        uow.users.by_id("u1")
        with pytest.raises(RuntimeError):
            uow.users.by_id("u1")


@pytest.mark.parametrize("ready_database_url", ["postgresql"], indirect=True)
def test_a_transaction_that_failed_does_not_end_as_if_it_had_been_kept(store: SqlStore) -> None:
    def swallow() -> None:
        with store.write() as uow:
            uow.users.add(sample_user("u1"))
            with contextlib.suppress(psycopg.Error):
                uow.sessions.add(sample_session(user_id="nobody"))

    with pytest.raises(StatementRefusedError):
        swallow()
    with store.write() as uow:
        assert uow.users.by_id("u1") is None


def test_a_reading_transaction_cannot_lock(store: Store) -> None:
    with store.read() as uow, pytest.raises(RuntimeError, match="only reads"):
        uow.lock("keys")


def test_a_lock_can_be_taken_twice_by_its_holder_and_again_after_its_end(store: Store) -> None:
    for _ in range(2):
        with store.write() as uow:
            uow.lock("keys")
            uow.lock("keys")


def test_a_lock_lets_one_transaction_after_the_other_decide(store: SqlStore, ready_database_url: str) -> None:
    def make_the_first_key(name: str) -> None:
        own = SqlStore(ready_database_url)
        with own.write() as uow:
            uow.lock("keys")
            if not uow.signing_keys.all():
                uow.signing_keys.add(sample_key(name))
        own.close()

    threads = [threading.Thread(target=make_the_first_key, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as uow:
        assert len(uow.signing_keys.all()) == 1


def test_a_session_of_nobody_is_refused_without_telling_its_values(store: Store) -> None:
    with pytest.raises(StatementRefusedError) as refused, store.write() as uow:
        uow.sessions.add(sample_session(user_id="nobody-at-all"))
    assert "nobody-at-all" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_closed_store_can_be_used_again(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
    store.close()
    with store.read() as uow:
        assert uow.users.by_id("u1") is not None
