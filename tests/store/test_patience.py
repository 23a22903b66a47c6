"""What an event loop does in the database goes on at once, or not at all."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gatepass_server.store.ports.patience import (
    Repeatable,
    WithoutWaiting,
    WouldWait,
    must_not_wait,
    take_owed,
)
from gatepass_server.store.sql import SqlStore, disk
from tests.support.samples import NOW


@pytest.fixture
def store(ready_sqlite_url: str) -> Iterator[SqlStore]:
    """A store on a file."""
    store = SqlStore(ready_sqlite_url)
    yield store
    store.close()


def hit(store: SqlStore, *, durable: bool = True) -> int:
    with store.write(durable=durable) as uow:
        return uow.throttles.hit("k", window=60, now=NOW).count


@contextmanager
def held(ready_sqlite_url: str) -> Iterator[None]:
    """Somebody else writes."""
    other = SqlStore(ready_sqlite_url)
    try:
        with other.write():
            yield
    finally:
        other.close()


def test_what_it_kept_is_owed_to_the_disk_once(store: SqlStore) -> None:
    with WithoutWaiting():
        assert hit(store) == 1
    owed = take_owed()
    assert owed is not None
    owed.wait()
    assert take_owed() is None


def test_nothing_is_owed_for_what_a_power_cut_may_take_or_for_what_only_looks(store: SqlStore) -> None:
    with WithoutWaiting():
        hit(store, durable=False)
        with store.look() as uow:
            assert uow.users.by_id("nobody") is None
    assert take_owed() is None


def test_it_does_not_wait_for_somebody_else_and_keeps_nothing(store: SqlStore, ready_sqlite_url: str) -> None:
    with held(ready_sqlite_url), pytest.raises(WouldWait), WithoutWaiting():
        hit(store)
    assert not must_not_wait()
    assert take_owed() is None
    assert hit(store) == 1


def test_no_handler_of_errors_takes_it_for_one() -> None:
    assert not issubclass(WouldWait, Exception)


def test_after_waiting_in_vain_it_does_not_try_for_a_while(
    store: SqlStore, ready_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("gatepass_server.store.sql.hope.time.monotonic", lambda: now[0])
    with held(ready_sqlite_url), pytest.raises(WouldWait), WithoutWaiting():
        hit(store)
    with pytest.raises(WouldWait), WithoutWaiting():
        hit(store)
    assert hit(store) == 1, "threads do"
    now[0] += 0.2
    with WithoutWaiting():
        assert hit(store) == 2


def test_a_request_that_has_kept_something_waits_like_all_others(
    store: SqlStore, ready_sqlite_url: str
) -> None:
    """It cannot be begun anew: what it did would be done twice."""
    is_held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with held(ready_sqlite_url):
            is_held.set()
            go_on.wait(10)

    other = threading.Thread(target=hold)
    with WithoutWaiting():
        assert hit(store) == 1
        other.start()
        assert is_held.wait(10)
        threading.Timer(0.1, go_on.set).start()
        assert hit(store) == 2
    other.join()
    assert take_owed() is not None


def test_what_may_be_kept_again_keeps_no_request_from_being_begun_anew(
    store: SqlStore, ready_sqlite_url: str
) -> None:
    other = sqlite3.connect(ready_sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    with WithoutWaiting():
        with Repeatable():
            hit(store, durable=False)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WouldWait):
            hit(store)
        assert must_not_wait()
    other.close()
    with Repeatable():
        assert not must_not_wait()


@pytest.mark.parametrize("durable", [True, False])
def test_nor_does_such_a_request_wait_for_the_disk(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, durable: bool
) -> None:
    """A proof is spent by a transaction of its own, before the token: the event loop would wait for each."""
    synced: list[int] = []
    monkeypatch.setattr(disk, "_sync", synced.append)
    with WithoutWaiting():
        hit(store, durable=durable)
        hit(store)
        assert not synced
    owed = take_owed()
    assert owed is not None
    owed.wait()
    assert len(synced) == 1
    hit(store)
    assert len(synced) == 2, "the block is over"


def test_of_two_files_one_is_waited_for_at_once(
    store: SqlStore, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = SqlStore(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.db')}")
    synced: list[int] = []
    monkeypatch.setattr(disk, "_sync", synced.append)
    with WithoutWaiting():
        hit(store)
        hit(other)
        assert len(synced) == 1
    assert take_owed() is store._database.disk  # type: ignore[union-attr]  # it is a file
    other.close()


def test_it_is_a_matter_of_one_thread() -> None:
    seen: list[bool] = []
    with WithoutWaiting():
        other = threading.Thread(target=lambda: seen.append(must_not_wait()))
        other.start()
        other.join()
        assert must_not_wait()
    assert seen == [False]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_fails_is_not_kept_and_owes_nothing(store: SqlStore, error: type[BaseException]) -> None:
    def fail() -> None:
        with store.write() as uow:
            uow.throttles.hit("k", window=60, now=NOW)
            raise error

    with pytest.raises(error), WithoutWaiting():
        fail()
    assert take_owed() is None
    assert hit(store) == 1
