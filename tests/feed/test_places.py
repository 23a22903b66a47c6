"""Places in the lists are given out from memory, and each once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gatepass_server.domain.errors import Busy
from gatepass_server.domain.sessions import StatusIndex
from gatepass_server.keys.schedule import AFTERLIFE
from gatepass_server.status.places import Places
from gatepass_server.store.ports.patience import WithoutWaiting, WouldWait, must_not_wait
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.status_lists import SqlStatusLists
from tests.support.clock import FakeClock
from tests.support.event_loops import prepare

DAY = 86_400
SESSION = 9 * DAY


@pytest.fixture
def places(store: SqlStore, clock: FakeClock) -> Places:
    return Places(store, clock, session_ttl=SESSION, block=16, size=64)


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One entry for each transaction that writes."""
    begun: list[bool] = []
    write = SqlStore.write

    @contextmanager
    def counted(self: SqlStore, *, durable: bool = True) -> Iterator[Any]:
        begun.append(durable)
        with write(self, durable=durable) as uow:
            yield uow

    monkeypatch.setattr(SqlStore, "write", counted)
    return begun


def take(places: Places, clock: FakeClock, life: int = SESSION) -> StatusIndex:
    return places.take(expires_at=int(clock.now) + life)


def lives(store: SqlStore, clock: FakeClock) -> list[int]:
    with store.read() as uow:
        return [each.number for each in uow.status_lists.live(int(clock.now))]


def test_a_block_costs_one_write_and_none_waits_for_the_disk(
    places: Places, clock: FakeClock, writes: list[bool]
) -> None:
    taken = [take(places, clock) for _ in range(48)]
    assert len(set(taken)) == 48
    assert writes == [False] * 5, "two for the first list, then one as each block gets low"


def test_a_request_of_an_event_loop_that_took_a_block_can_be_begun_anew(
    places: Places, clock: FakeClock, store: SqlStore, writes: list[bool]
) -> None:
    prepare(store)
    with WithoutWaiting():
        taken = take(places, clock)
        assert must_not_wait()
    assert len(writes) == 2
    with WithoutWaiting():
        assert take(places, clock) != taken
    assert len(writes) == 2, "the block is here"


def test_an_event_loop_does_not_wait_for_who_asks_for_a_block(
    places: Places, clock: FakeClock, store: SqlStore
) -> None:
    prepare(store)
    with (
        places._asking,  # a thread, which may wait for the database
        pytest.raises(WouldWait),
        WithoutWaiting(),
    ):
        take(places, clock)
    with WithoutWaiting():
        take(places, clock)


def test_places_within_a_block_are_shuffled(store: SqlStore, clock: FakeClock) -> None:
    places = Places(store, clock, session_ttl=SESSION)
    first = [take(places, clock).index for _ in range(250)]
    assert first != sorted(first)
    again = [take(places, clock).index for _ in range(6)]
    assert sorted(first + again) == list(range(256))


def test_one_place_at_a_time_wastes_none(store: SqlStore, clock: FakeClock) -> None:
    taken = [take(Places(store, clock, session_ttl=SESSION, block=1), clock) for _ in range(3)]
    assert [place.index for place in taken] == [0, 1, 2]


def test_a_full_list_is_followed_by_the_next(places: Places, clock: FakeClock, store: SqlStore) -> None:
    taken = [take(places, clock) for _ in range(80)]
    assert len(set(taken)) == 80
    assert {place.list for place in taken} == {1, 2}
    assert max(place.index for place in taken) == 63
    assert lives(store, clock) == [1, 2]


def test_a_list_takes_sessions_in_for_a_third_of_their_life(
    places: Places, clock: FakeClock, store: SqlStore
) -> None:
    assert take(places, clock).list == 1
    clock.advance(SESSION // 3 - 1)
    assert take(places, clock).list == 1
    clock.advance(1)
    assert take(places, clock).list == 2, "also where places are left in memory"
    assert lives(store, clock) == [1, 2]


def test_short_sessions_share_a_list_for_a_day(store: SqlStore, clock: FakeClock) -> None:
    places = Places(store, clock, session_ttl=60)
    assert take(places, clock, 60).list == 1
    clock.advance(DAY - 1)
    assert take(places, clock, 60).list == 1
    clock.advance(1)
    assert take(places, clock, 60).list == 2


def test_a_list_outlives_the_last_token_of_its_last_session_and_then_goes(
    places: Places, clock: FakeClock, store: SqlStore
) -> None:
    take(places, clock)
    clock.advance(SESSION // 3 - 1)
    last = take(places, clock)
    clock.advance(SESSION + AFTERLIFE)
    assert last.list in lives(store, clock)
    clock.advance(1)
    assert last.list not in lives(store, clock)


def test_about_four_lists_are_alive_at_a_time(places: Places, clock: FakeClock, store: SqlStore) -> None:
    for _ in range(60):
        take(places, clock)
        clock.advance(DAY)
    assert len(lives(store, clock)) <= 5
    take(places, clock)
    clock.advance(-1000 * DAY)
    assert len(lives(store, clock)) <= 5, "the others are not only hidden"


def test_a_longer_session_of_other_settings_makes_its_list_live_longer(
    places: Places, clock: FakeClock, store: SqlStore
) -> None:
    usual = take(places, clock)
    longer = take(places, clock, life=100 * DAY)
    assert longer.list == usual.list
    clock.advance(100 * DAY + AFTERLIFE - 1)
    assert lives(store, clock) == [1]


def test_who_finds_few_left_fetches_more_while_the_others_go_on(
    places: Places, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(12):
        take(places, clock)
    fetching, go_on = threading.Event(), threading.Event()
    sql_take = SqlStatusLists.take

    def slow(self: SqlStatusLists, count: int, *, now: int, reach: int) -> Any:
        fetching.set()
        assert go_on.wait(20)
        return sql_take(self, count, now=now, reach=reach)

    monkeypatch.setattr(SqlStatusLists, "take", slow)
    fetcher = threading.Thread(target=take, args=(places, clock))
    fetcher.start()
    assert fetching.wait(20)
    assert {take(places, clock).list for _ in range(3)} == {1}, "these came from memory"
    go_on.set()
    fetcher.join()


def test_a_database_that_is_busy_when_more_are_fetched_costs_nobody_their_log_in(
    places: Places, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = [take(places, clock) for _ in range(12)]

    def busy(*_: object, **__: object) -> None:
        raise Busy("Busy.", retry_after=1)

    with monkeypatch.context() as patched:
        patched.setattr(SqlStatusLists, "take", busy)
        taken += [take(places, clock) for _ in range(4)]
        with pytest.raises(Busy):
            take(places, clock)
    taken.append(take(places, clock))
    assert len(set(taken)) == 17
