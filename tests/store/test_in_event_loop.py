"""In an event loop, PostgreSQL is asked at once or not at all, and nobody waits for its commits there."""

import threading

import psycopg
import pytest

from gatepass_server.domain.errors import Busy
from gatepass_server.store.ports.patience import (
    Arriving,
    Repeatable,
    WithoutWaiting,
    WouldWait,
    must_not_wait,
    note_kept,
    take_owed,
    take_up,
)
from gatepass_server.store.sql import SqlStore, at_hand
from gatepass_server.store.sql.failures import StatementRefusedError
from gatepass_server.store.sql.uow import SqlUnitOfWork
from tests.support.asking import FAILS, add, is_there, run, say
from tests.support.databases import with_parameters
from tests.support.event_loops import (
    COUNTERS,
    USERS,
    add_owed,
    arrive,
    backend_at_hand,
    dawdling,
    forget_the_pause,
    held,
    look,
    open_one,
)
from tests.support.samples import NOW, sample_user


@pytest.fixture
def store(loop_store: SqlStore) -> SqlStore:
    """One that has a connection at hand."""
    return loop_store


def hit(store: SqlStore, *, durable: bool = True) -> None:
    """Count something."""
    with store.write(durable=durable) as uow:
        uow.throttles.hit("k", window=60, now=NOW)


def count(store: SqlStore) -> int:
    with store.write() as uow:
        return uow.throttles.hit("k", window=60, now=NOW).count


def test_the_first_one_is_left_to_a_thread_and_the_next_finds_a_connection(ready_postgres_url: str) -> None:
    store = SqlStore(ready_postgres_url)
    open_one(store)
    with WithoutWaiting():
        look(store)
        assert must_not_wait(), "who has only read can be begun anew"
    assert take_owed() is None
    store.close()


@pytest.mark.parametrize("durable", [True, False])
def test_a_commit_is_owed_to_the_answer(store: SqlStore, durable: bool) -> None:
    with WithoutWaiting():
        hit(store, durable=durable)
        assert not must_not_wait(), "it may have been kept by now"
    owed = take_owed()
    assert isinstance(owed, Arriving)
    arrive(owed)
    assert count(store) == 2


def test_the_wait_for_a_slow_disk_holds_nobody_up(store: SqlStore, ready_postgres_url: str) -> None:
    with dawdling(ready_postgres_url, 0.3):
        owed = add_owed(store, "u1")
        assert not owed.is_here()
        open_one(store)
        with WithoutWaiting():
            assert not is_there(store, "u1"), "another connection answers meanwhile"
        arrive(owed)
    with WithoutWaiting():
        assert is_there(store, "u1")


def test_what_comes_next_in_the_same_request_finds_it_kept(store: SqlStore) -> None:
    with WithoutWaiting():
        add(store, "u1")
        assert is_there(store, "u1")
        add(store, "u2")
    owed = take_owed()
    assert isinstance(owed, Arriving)
    arrive(owed)
    assert is_there(store, "u2")


def test_an_answer_may_be_read_while_the_commit_is_on_its_way(store: SqlStore) -> None:
    with WithoutWaiting():
        with store.write() as uow:
            uow.users.add(sample_user("u1"))
            answer = say(uow, "SELECT 'told'")
        assert answer.fetchone() == ("told",)
    owed = take_owed()
    assert owed is not None
    owed.wait()
    assert is_there(store, "u1")


def test_a_block_that_may_be_repeated_has_kept_it_when_it_is_left(store: SqlStore) -> None:
    with WithoutWaiting():
        with Repeatable():
            hit(store, durable=False)
        assert take_owed() is None
        assert must_not_wait()
    assert count(store) == 2


def test_who_would_wait_for_a_lock_is_begun_anew_and_keeps_the_connection(
    store: SqlStore, ready_postgres_url: str
) -> None:
    before = backend_at_hand(store)

    def act(uow: SqlUnitOfWork) -> None:
        uow.throttles.hit("k", window=60, now=NOW)
        uow.users.by_id("u1")

    with held(ready_postgres_url, USERS), pytest.raises(WouldWait), WithoutWaiting():
        run(store.write(), act)
    assert take_owed() is None
    assert count(store) == 1
    forget_the_pause(store)
    assert backend_at_hand(store) == before


def test_so_is_who_would_have_waited_for_it_with_the_commit(store: SqlStore, ready_postgres_url: str) -> None:
    hit(store)
    with held(ready_postgres_url, COUNTERS):
        with WithoutWaiting(), store.write() as uow:
            uow.throttles.clear("k")
        owed = take_owed()
        assert isinstance(owed, Arriving)
        with pytest.raises(WouldWait):
            arrive(owed)
    assert count(store) == 2
    forget_the_pause(store)
    arrive(add_owed(store, "u2"))


def test_so_is_a_block_that_may_be_repeated(store: SqlStore, ready_postgres_url: str) -> None:
    hit(store)
    with held(ready_postgres_url, COUNTERS), WithoutWaiting():
        with pytest.raises(WouldWait), Repeatable(), store.write() as uow:
            uow.throttles.clear("k")
        assert must_not_wait()
    assert take_owed() is None
    assert count(store) == 2


def test_after_waiting_in_vain_nobody_tries_for_a_while(
    store: SqlStore, ready_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("gatepass_server.store.sql.hope.time.monotonic", lambda: now[0])
    with held(ready_postgres_url, USERS), pytest.raises(WouldWait), WithoutWaiting():
        look(store)
    with pytest.raises(WouldWait), WithoutWaiting():
        look(store)
    look(store)
    now[0] += 0.21
    with WithoutWaiting():
        look(store)


def test_who_has_kept_something_is_busy_where_it_would_wait(store: SqlStore, ready_postgres_url: str) -> None:
    """To begin it anew would do twice what was done."""
    with held(ready_postgres_url, COUNTERS), WithoutWaiting():
        add(store, "u1")
        with pytest.raises(Busy):
            hit(store)
    assert take_owed() is None
    assert is_there(store, "u1")
    assert count(store) == 1


def test_an_exception_takes_everything_back_and_owes_nothing(store: SqlStore) -> None:
    def refuse(uow: SqlUnitOfWork) -> None:
        uow.users.add(sample_user("u1"))
        assert uow.users.by_id("u1") is not None
        raise LookupError

    with pytest.raises(LookupError), WithoutWaiting():
        run(store.write(), refuse)
    assert take_owed() is None
    assert not is_there(store, "u1")


def test_a_fault_that_only_the_commit_meets_is_told_with_it(store: SqlStore) -> None:
    def fail(uow: SqlUnitOfWork) -> None:
        uow.users.add(sample_user("u1"))
        say(uow, FAILS)

    with WithoutWaiting():
        run(store.write(), fail)
    owed = take_owed()
    assert isinstance(owed, Arriving)
    with pytest.raises(StatementRefusedError):
        arrive(owed)
    assert not is_there(store, "u1")
    arrive(add_owed(store, "u2"))


def test_a_block_that_goes_on_after_a_failure_keeps_nothing(store: SqlStore) -> None:
    def act(uow: SqlUnitOfWork) -> None:
        uow.users.add(sample_user("u1"))
        with pytest.raises(psycopg.Error):
            say(uow, FAILS).fetchone()

    with WithoutWaiting():
        run(store.write(), act)
    owed = take_owed()
    assert isinstance(owed, Arriving)
    with pytest.raises(StatementRefusedError, match="nothing was kept"):
        arrive(owed)
    assert not is_there(store, "u1")


def test_more_than_the_sockets_hold_is_kept_too(store: SqlStore) -> None:
    many = "x" * 1_000_000

    def act(uow: SqlUnitOfWork) -> None:
        uow.users.add(sample_user("u1"))
        say(uow, "SELECT length($1::text)", many)

    with WithoutWaiting():
        run(store.write(), act)
    owed = take_owed()
    if owed is not None:  # the server has answered by then
        owed.wait()
    assert is_there(store, "u1")


def test_there_are_no_more_than_a_few(store: SqlStore, ready_postgres_url: str) -> None:
    with dawdling(ready_postgres_url, 0.5):
        on_their_way = [add_owed(store, "u0")]
        for number in range(1, at_hand.MOST):
            open_one(store)
            on_their_way.append(add_owed(store, f"u{number}"))
        with pytest.raises(WouldWait), WithoutWaiting():
            look(store)
        assert not [thread for thread in threading.enumerate() if thread.name == "connect"]
        for owed in on_their_way:
            arrive(owed)
    with WithoutWaiting():
        look(store)


def test_a_store_that_is_closed_closes_what_comes_back(ready_postgres_url: str) -> None:
    store = SqlStore(ready_postgres_url)
    open_one(store)
    pid = backend_at_hand(store)
    owed = add_owed(store, "u1")
    store.close()
    arrive(owed)
    with psycopg.connect(ready_postgres_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])  # waits until it has gone
        query = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
        assert connection.execute(query, [pid]).fetchone() == (0,)
        query = "SELECT count(*) FROM gatepass_users WHERE id = 'u1'"
        assert connection.execute(query).fetchone() == (1,)


def test_the_address_may_not_make_it_wait_longer(ready_postgres_url: str) -> None:
    store = SqlStore(with_parameters(ready_postgres_url, options="-c statement_timeout=0 -c lock_timeout=0"))
    open_one(store)
    with held(ready_postgres_url, USERS), pytest.raises(WouldWait), WithoutWaiting():
        look(store)
    store.close()


def test_the_second_of_two_that_may_be_repeated_is_begun_anew_too(
    store: SqlStore, ready_postgres_url: str
) -> None:
    def act() -> None:
        with Repeatable():
            add(store, "u1")
            hit(store)

    with held(ready_postgres_url, COUNTERS), pytest.raises(WouldWait), WithoutWaiting():
        act()
    assert count(store) == 1


def test_nobody_waits_for_a_lock_of_a_thread() -> None:
    lock = threading.Lock()
    with lock, WithoutWaiting():
        with pytest.raises(WouldWait):
            take_up(lock)
        note_kept(None)
        with pytest.raises(Busy):
            take_up(lock)
