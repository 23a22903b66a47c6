"""In an event loop, a server of databases that is slow, or is gone, holds nobody up, and loses nothing."""

import errno
import threading
import time
from contextlib import suppress
from functools import partial

import pytest

from gatepass_server.domain.errors import Busy
from gatepass_server.store.ports.patience import (
    Arriving,
    Repeatable,
    WithoutWaiting,
    WouldWait,
    land,
    take_owed,
)
from gatepass_server.store.sql import SqlStore, at_hand, postgresql, watch
from gatepass_server.store.sql.uow import SqlUnitOfWork
from tests.support.asking import add, is_there, run, say
from tests.support.event_loops import (
    add_owed,
    arrive,
    at_hand_of,
    backend_at_hand,
    dawdling,
    end,
    forget_the_pause,
    look,
    open_one,
    wait_for_threads,
)
from tests.support.poolers import pooler_before
from tests.support.samples import sample_user


@pytest.fixture
def store(loop_store: SqlStore) -> SqlStore:
    """One that has a connection at hand."""
    return loop_store


def test_a_server_that_says_nothing_is_left_to_threads_and_what_it_did_is_ended(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 0.1)

    with pytest.raises(WouldWait), WithoutWaiting():
        run(store.write(), partial(dawdle, seconds=60))
    with pytest.raises(WouldWait), WithoutWaiting():
        look(store)
    wait_for_threads("cancel")
    add(store, "u1")  # it would wait for the other one, which has added the same
    assert is_there(store, "u1")


def test_nobody_knows_what_came_of_a_commit_that_is_not_answered(
    store: SqlStore, ready_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the request is not begun anew, and the commit is not cancelled: it may wait for a replica."""
    monkeypatch.setattr(watch, "LAST_PATIENCE", 0.05)
    with dawdling(ready_postgres_url, 0.5):
        owed = add_owed(store, "u1")
        with pytest.raises(Busy) as busy:
            owed.wait()
    assert busy.value.reason == "the server did not answer in time"
    assert at_hand_of(store)._count == 0
    assert is_there(store, "u1")


def test_a_commit_that_is_late_is_given_up(store: SqlStore, ready_postgres_url: str) -> None:
    with dawdling(ready_postgres_url, 0.5):
        owed = add_owed(store, "u1")
        owed.give_up()
        assert owed.is_here()
        with pytest.raises(Busy):
            owed.wait()
    assert at_hand_of(store)._count == 0
    assert is_there(store, "u1")


def test_nor_of_one_whose_connection_is_lost(store: SqlStore, ready_postgres_url: str) -> None:
    pid = backend_at_hand(store)
    with dawdling(ready_postgres_url):
        owed = add_owed(store, "u1")
        end(ready_postgres_url, pid)
        with pytest.raises(Busy):
            arrive(owed)


def test_before_the_commit_a_lost_connection_begins_the_request_anew(
    store: SqlStore, ready_postgres_url: str
) -> None:
    def be_cut_off(uow: SqlUnitOfWork) -> None:
        uow.users.add(sample_user("u1"))
        end(ready_postgres_url, say(uow, "SELECT pg_backend_pid()").fetchone()[0])
        uow.users.by_id("u1")

    with pytest.raises(WouldWait), WithoutWaiting():
        run(store.write(), be_cut_off)
    assert not is_there(store, "u1")


def test_a_connection_that_the_server_has_closed_is_replaced(
    store: SqlStore, ready_postgres_url: str
) -> None:
    end(ready_postgres_url, backend_at_hand(store))
    open_one(store)
    with WithoutWaiting():
        look(store)


def test_who_has_kept_something_does_not_wait_for_a_connection(
    store: SqlStore, ready_postgres_url: str
) -> None:
    pid = backend_at_hand(store)
    with WithoutWaiting():
        add(store, "u1")
        land()
        end(ready_postgres_url, pid)
        with pytest.raises(Busy):
            look(store)
    assert is_there(store, "u1")


def test_where_no_connection_can_be_opened_threads_tell_why() -> None:
    store = SqlStore("postgresql://nobody@127.0.0.1:1/none")
    open_one(store)
    open_one(store)
    with pytest.raises(Busy):
        look(store)
    store.close()


def test_nor_may_a_pooler_that_keeps_the_limits_to_itself(
    ready_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PgBouncer does, with ``ignore_startup_parameters = options``."""
    arguments = postgresql._connect_args
    monkeypatch.setattr(postgresql, "_connect_args", lambda url, _limits="": arguments(url))
    store = SqlStore(ready_postgres_url)
    open_one(store)
    open_one(store)
    assert at_hand_of(store)._count == 0
    store.close()


def test_a_failed_commit_fails_the_answer_whoever_catches_it(
    store: SqlStore, ready_postgres_url: str
) -> None:
    """Who fetches places ahead goes on without them."""
    pid = backend_at_hand(store)
    with dawdling(ready_postgres_url), WithoutWaiting():
        add(store, "u1")
        end(ready_postgres_url, pid)
        for _ in range(2):
            with suppress(Busy), Repeatable():
                look(store)
    owed = take_owed()
    assert owed is not None
    with pytest.raises(Busy):
        owed.wait()


def test_what_is_begun_anew_anyway_is_not_waited_for_longer(
    store: SqlStore, ready_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 0.1)
    monkeypatch.setattr(watch, "LAST_PATIENCE", 60.0)
    with dawdling(ready_postgres_url, 0.5), WithoutWaiting(), pytest.raises(WouldWait), Repeatable():
        add(store, "u1")


def test_who_lets_commits_wait_is_tried_less_and_less(
    store: SqlStore, ready_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 0.05)
    with dawdling(ready_postgres_url, 0.3):
        for number, pause in enumerate([0.5, 1.0, 2.0]):
            forget_the_pause(store)
            with WithoutWaiting(), pytest.raises(WouldWait), Repeatable():
                add(store, f"u{number}")
            assert seconds_of_pause(store) == pytest.approx(pause, abs=0.3)
            forget_the_pause(store)
            open_one(store)


def test_a_pooler_that_has_lost_the_server_does_not_know_whether_it_was_kept(
    ready_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client takes what is asked behind its error for undone, and so the commit that was done."""
    monkeypatch.setattr(watch, "PATIENCE", 5.0)
    with pooler_before(ready_postgres_url) as pooler:
        store = SqlStore(pooler.url)
        open_one(store)
        with WithoutWaiting(), store.write() as uow:
            uow.users.add(sample_user("u1"))
            uow.throttles.clear("k")  # travels with the commit
            pooler.loses_the_server_at(b"COMMIT")
        owed = take_owed()
        assert isinstance(owed, Arriving)
        with pytest.raises(Busy):
            arrive(owed)
        store.close()
    store = SqlStore(ready_postgres_url)
    assert is_there(store, "u1")
    store.close()


def test_a_connection_amid_its_answers_is_lent_to_nobody(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where no thread can be started to have the server cancel."""
    monkeypatch.setattr(watch, "PATIENCE", 0.1)

    with monkeypatch.context() as limited:
        limited.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(WouldWait), WithoutWaiting():
            run(store.write(), partial(dawdle, seconds=0.5))
    assert (at_hand_of(store)._count, len(at_hand_of(store)._free)) == (0, 0)


def test_where_no_thread_could_be_started_the_next_one_opens_a_connection(
    ready_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_hand, "_PAUSE", 0.0)
    store = SqlStore(ready_postgres_url)
    with monkeypatch.context() as limited:
        limited.setattr(threading.Thread, "start", no_thread)
        open_one(store)
    open_one(store)
    with WithoutWaiting():
        look(store)
    store.close()


def test_where_no_descriptor_was_left_the_next_one_opens_a_connection(
    ready_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(at_hand, "_PAUSE", 0.0)
    store = SqlStore(ready_postgres_url)
    with monkeypatch.context() as limited:
        limited.setattr(at_hand_of(store), "_connect", fail)
        open_one(store)
    open_one(store)
    with WithoutWaiting():
        look(store)
    store.close()


def no_thread(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def seconds_of_pause(store: SqlStore) -> float:
    """For how long nobody tries."""
    return (store._database._watch._lost_until or 0.0) - time.monotonic()  # type: ignore[union-attr]  # it is a server


def dawdle(uow: SqlUnitOfWork, seconds: float) -> None:
    """Add a person, and be silent for so long."""
    uow.users.add(sample_user("u1"))
    say(uow, "SET LOCAL statement_timeout = 0")
    say(uow, f"SELECT pg_sleep({seconds})").fetchone()
