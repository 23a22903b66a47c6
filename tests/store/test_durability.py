"""A durable transaction waits for the disk, whatever became of a hasty one before it."""

import errno
import os
import resource
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from gatepass_server.domain.errors import OperatorError
from gatepass_server.store.sql import SqlStore, disk
from gatepass_server.store.sql.failures import StatementRefusedError
from gatepass_server.store.sql.postgresql import FLUSH
from tests.support.audit_house import AuditHouse
from tests.support.clock import FakeClock
from tests.support.round_trips import noted_round_trips
from tests.support.samples import NOW


@dataclass
class Log:
    """The write-ahead log of a store's file, and when it was synced: what it held then."""

    path: Path
    synced: list[int] = field(default_factory=list)

    def sync(self, number: int) -> None:
        assert os.path.samestat(os.fstat(number), self.path.stat()), "another file was synced"
        os.fsync(number)
        self.synced.append(frames(self.path))

    def is_on_disk(self) -> bool:
        """Whether everything that it holds was there when it was synced last."""
        return bool(self.synced) and self.synced[-1] == frames(self.path)


def frames(log: Path) -> int:
    """The bytes of a log, or those of the newest one that was begun in its place."""
    return log.stat().st_size


@pytest.fixture
def store(ready_sqlite_url: str) -> Iterator[SqlStore]:
    """A store on a file."""
    store = SqlStore(ready_sqlite_url, busy_timeout=0.1)
    yield store
    store.close()


@pytest.fixture
def log(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> Log:
    """That of ``store``."""
    found = Log(Path(f"{store._url.database}-wal"))
    monkeypatch.setattr(disk, "_sync", found.sync)
    return found


def hit(store: SqlStore, *, durable: bool = True) -> int:
    with store.write(durable=durable) as uow:
        return uow.throttles.hit("k", window=60, now=NOW).count


def never(_: str) -> None:
    pytest.fail("nothing was lost, so nothing need be folded")


def test_a_durable_transaction_is_left_when_its_log_is_on_the_disk(store: SqlStore, log: Log) -> None:
    for count in (1, 2, 3):
        assert hit(store) == count
        assert len(log.synced) == count
        assert log.is_on_disk()


def test_a_hasty_one_does_not_wait_and_the_next_durable_one_waits_for_both(store: SqlStore, log: Log) -> None:
    hit(store)
    hit(store, durable=False)
    assert len(log.synced) == 1
    assert not log.is_on_disk()
    hit(store)
    assert log.is_on_disk()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError, RuntimeError),
        (KeyboardInterrupt, KeyboardInterrupt),
        (sqlite3.OperationalError, StatementRefusedError),
    ],
)
@pytest.mark.parametrize("durable", [True, False])
def test_what_failed_is_not_kept_and_not_waited_for(
    store: SqlStore, log: Log, error: type[BaseException], told: type[BaseException], durable: bool
) -> None:
    def fail() -> None:
        with store.write(durable=durable) as uow:
            uow.throttles.hit("k", window=60, now=NOW)
            raise error

    with pytest.raises(told):
        fail()
    assert not log.synced
    assert hit(store) == 1


def test_a_disk_that_fails_is_told_to_everybody_who_waited_for_it(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel tells a failure once: who asks again would hear that all is well."""
    at_it, go_on = threading.Event(), threading.Event()
    folded: list[str] = []

    def fail(_: int) -> None:
        at_it.set()
        assert go_on.wait(10)
        raise OSError(errno.EIO, "Input/output error")

    def fold(path: str) -> None:
        folded.append(path)
        raise OSError("the disk fails still")

    found = disk.Disk(store._url.database or "", fold)
    hit(store)
    monkeypatch.setattr(disk, "_sync", fail)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(found.wait)
        assert at_it.wait(10)
        later = [threads.submit(found.wait) for _ in range(3)]
        go_on.set()
        for waiting in (first, *later):
            with pytest.raises(OperatorError, match="disk"):
                waiting.result(10)
    assert set(folded) == {store._url.database}


def test_after_a_failure_nothing_is_on_the_disk_until_the_whole_log_was_folded_into_the_file(
    store: SqlStore, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the kernel could not write it takes for written: a later sync of the log says nothing of it."""
    hit(store)

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(disk, "_sync", fail)
    with pytest.raises(OperatorError, match="disk"):
        hit(store)
    monkeypatch.setattr(disk, "_sync", log.sync)
    reader = sqlite3.connect(log.path.with_name(log.path.name.removesuffix("-wal")), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM gatepass_throttles").fetchone()  # the log cannot begin anew
    with pytest.raises(OperatorError, match="disk") as told:
        hit(store)
    assert told.value.reason == "its log is in use"
    reader.close()
    assert log.path.stat().st_size > 0
    assert hit(store) == 4
    assert log.path.stat().st_size == 0
    log.synced.clear()
    assert hit(store) == 5
    assert log.is_on_disk()


def test_the_log_of_a_file_that_is_reached_by_a_link_is_beside_the_file(
    ready_sqlite_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "linked.db"
    link.symlink_to(ready_sqlite_url.removeprefix("sqlite:///"))
    store = SqlStore(f"sqlite:///{link}")
    assert hit(store) == 1
    store.close()


def test_the_log_is_found_from_another_folder(
    ready_sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = SqlStore(f"sqlite:///{Path(ready_sqlite_url).name}")
    assert hit(store) == 1
    monkeypatch.chdir("/")
    assert hit(store) == 2
    store.close()


def test_whoever_takes_the_last_descriptor_keeps_nobody_from_the_disk(store: SqlStore, log: Log) -> None:
    """Strangers can open connections until there is none; what was committed is acknowledged nevertheless."""
    hit(store)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    # Those below are in use, and not fewer are allowed: other threads of this process wait with them.
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, limits[1]))
    try:
        with pytest.raises(OSError, match="open files"):
            os.open(os.devnull, os.O_RDONLY)
        assert hit(store) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert log.is_on_disk()


def test_a_log_that_was_begun_in_the_place_of_another_is_the_one_that_is_synced(
    store: SqlStore, log: Log
) -> None:
    hit(store)
    store._engines.close()  # the log goes with the last connection
    assert not log.path.exists()
    assert hit(store) == 2
    assert log.is_on_disk()


def test_those_who_come_while_the_disk_is_waited_for_share_the_next_round(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []
    at_it, go_on = threading.Event(), threading.Event()

    def slow(number: int) -> None:
        os.fsync(number)
        rounds.append(number)
        at_it.set()
        assert go_on.wait(10)

    found = disk.Disk(store._url.database or "", never)
    hit(store)
    monkeypatch.setattr(disk, "_sync", slow)
    waiting_for_it = threading.Semaphore(0)

    class Changed(threading.Condition):
        def wait(self, timeout: float | None = None) -> bool:
            waiting_for_it.release()  # it belongs to the next round already
            return super().wait(timeout)

    monkeypatch.setattr(found, "_changed", Changed())
    with ThreadPoolExecutor(6) as threads:
        first = threads.submit(found.wait)
        assert at_it.wait(10)
        later = [threads.submit(found.wait) for _ in range(5)]
        for _ in later:
            assert waiting_for_it.acquire(timeout=10)
        assert not first.done(), "its round is under way"
        go_on.set()
        for waiting in (first, *later):
            waiting.result(10)
    assert len(rounds) == 2, "the first one's, and one for all who came later"


def test_the_log_is_synced_for_a_connection_that_was_given_up(store: SqlStore, log: Log) -> None:
    with pytest.raises(StatementRefusedError), store.write(durable=False) as uow:
        uow._connection._driver.close()
    assert hit(store) == 1
    assert log.is_on_disk()
    store.close()
    assert hit(store) == 2


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
