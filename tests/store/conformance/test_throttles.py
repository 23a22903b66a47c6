"""Counters in windows of time."""

import pytest

from gatepass_server.store.ports import Attempts
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.tables import throttles
from tests.support.databases import with_parameters
from tests.support.pruning import pruned
from tests.support.samples import NOW


def test_a_window_starts_with_its_first_count_and_counts_until_it_ends(store: SqlStore) -> None:
    with store.write() as uow:
        hits = [uow.throttles.hit("k", window=60, now=NOW + second) for second in (0, 1, 59)]
        assert hits == [Attempts(1, NOW + 60), Attempts(2, NOW + 60), Attempts(3, NOW + 60)]
        assert uow.throttles.hit("k", window=60, now=NOW + 60) == Attempts(1, NOW + 120)


def test_keys_are_counted_apart(store: SqlStore) -> None:
    with store.write() as uow:
        uow.throttles.hit("k", window=60, now=NOW)
        assert uow.throttles.hit("K", window=60, now=NOW).count == 1
        assert uow.throttles.hit("k", window=60, now=NOW).count == 2


@pytest.mark.parametrize(
    "key", ["a\0", "half \ud800", "x" * 10**6, "x" * 512, "é" * 512], ids=lambda key: ascii(key)[:9]
)
def test_any_key_is_counted(store: SqlStore, key: str) -> None:
    with store.write() as uow:
        assert uow.throttles.hit(key, window=60, now=NOW).count == 1
        assert uow.throttles.hit(key, window=60, now=NOW).count == 2
        assert uow.throttles.hit(key + "\0", window=60, now=NOW).count == 1
        assert uow.throttles.peek(key, "other", now=NOW) == {key: Attempts(2, NOW + 60)}
        uow.throttles.clear(key)
        assert uow.throttles.hit(key, window=60, now=NOW).count == 1


def test_a_clock_that_was_wrong_locks_nobody_out_for_longer_than_a_window(store: SqlStore) -> None:
    with store.write() as uow:
        uow.throttles.hit("k", window=60, now=NOW + 10**9)
        assert uow.throttles.hit("k", window=60, now=NOW) == Attempts(2, NOW + 60)


def test_a_look_tells_the_running_counters_of_two_keys_and_counts_nothing(store: SqlStore) -> None:
    with store.write() as uow:
        uow.throttles.hit("old", window=30, now=NOW)
        uow.throttles.hit("new", window=60, now=NOW)
        uow.throttles.hit("new", window=60, now=NOW)
    with store.read() as uow:
        for _ in range(2):
            assert uow.throttles.peek("new", "old", now=NOW + 30) == {"new": Attempts(2, NOW + 60)}
        assert set(uow.throttles.peek("new", "old", now=NOW + 29)) == {"new", "old"}
        assert uow.throttles.peek("new", "new", now=NOW) == {"new": Attempts(2, NOW + 60)}
        assert uow.throttles.peek("NEW", "absent", now=NOW) == {}


def test_a_cleared_counter_starts_anew(store: SqlStore) -> None:
    with store.write() as uow:
        uow.throttles.hit("k", window=60, now=NOW)
        uow.throttles.clear("k")
        uow.throttles.clear("k")
        assert uow.throttles.hit("k", window=60, now=NOW + 5) == Attempts(1, NOW + 65)


def test_only_ended_windows_are_pruned_and_only_so_many_at_once(store: SqlStore) -> None:
    with store.write() as uow:
        for number in range(5):
            uow.throttles.hit(f"old {number}", window=60, now=NOW)
        uow.throttles.hit("new", window=60, now=NOW + 1)
        assert pruned(uow, throttles, lambda: uow.throttles.prune(NOW + 59, limit=10)) == 0
        for count in (3, 2, 0):
            assert pruned(uow, throttles, lambda: uow.throttles.prune(NOW + 60, limit=3)) == count
        assert uow.throttles.hit("new", window=60, now=NOW + 2).count == 2


def test_ended_counters_go_as_fast_as_new_ones_come(store: SqlStore) -> None:
    now = NOW
    for window in range(4):
        for number in range(10):
            with store.write() as uow:
                uow.throttles.hit(f"{window}-{number}", window=60, now=now)
        now += 60
    with store.write() as uow:
        left = pruned(uow, throttles, lambda: uow.throttles.prune(now, limit=100))
        assert left == 10, "only the counters of the last window are left"


def test_counting_on_in_a_window_deletes_nothing(store: SqlStore) -> None:
    with store.write() as uow:
        uow.throttles.hit("old", window=60, now=NOW)
        uow.throttles.hit("k", window=600, now=NOW)
    with store.write() as uow:
        uow.throttles.hit("k", window=600, now=NOW + 60)
    with store.write() as uow:
        assert pruned(uow, throttles, lambda: uow.throttles.prune(NOW + 60, limit=9)) == 1


@pytest.mark.parametrize("ready_database_url", ["postgresql"], indirect=True)
def test_a_transaction_that_starts_windows_holds_no_row_that_another_will_count(
    ready_database_url: str,
) -> None:
    store = SqlStore(with_parameters(ready_database_url, options="-c lock_timeout=200ms"))
    with store.write() as uow:
        for key in ("x", "y"):
            uow.throttles.hit(key, window=60, now=NOW)
    with store.write() as one, store.write() as two:
        one.throttles.hit("a", window=60, now=NOW + 60)
        two.throttles.hit("b", window=60, now=NOW + 60)
        assert two.throttles.hit("x", window=60, now=NOW + 60).count == 1
        assert one.throttles.hit("y", window=60, now=NOW + 60).count == 1
    store.close()
