"""The lists of the revocation feed: who gets which places, and what is told of them."""

import dataclasses
import sys
from subprocess import run

import pytest

from gatepass_server.domain.sessions import StatusIndex
from gatepass_server.domain.status_lists import StatusBlock, StatusList
from gatepass_server.store.sql import SqlStore
from tests.support import status_races
from tests.support.processes import Processes
from tests.support.samples import NOW, sample_session, sample_user

DAY = 86_400


def open_list(store: SqlStore, *, now: int = NOW, size: int = 100, expires_at: int = NOW + 9 * DAY) -> None:
    with store.write() as uow:
        uow.status_lists.open(size=size, now=now, closes_at=now + DAY, expires_at=expires_at)


def take(store: SqlStore, count: int, *, now: int = NOW, reach: int = DAY) -> StatusBlock | None:
    with store.write() as uow:
        return uow.status_lists.take(count, now=now, reach=reach)


def add_session(store: SqlStore, name: str, place: StatusIndex | None, ended_at: int | None = None) -> None:
    session = dataclasses.replace(sample_session(name, ended_at=ended_at), status=place)
    with store.write() as uow:
        uow.sessions.add(session)


def test_blocks_follow_each_other_until_the_list_is_full(store: SqlStore) -> None:
    assert take(store, 40) is None
    open_list(store)
    taken = [take(store, 40) for _ in range(3)]
    assert [block and (block.list, block.first, block.count) for block in taken] == [
        (1, 0, 40),
        (1, 40, 40),
        None,
    ]
    last = take(store, 20)
    assert last is not None
    assert (last.first, last.closes_at, last.expires_at) == (80, NOW + DAY, NOW + 9 * DAY)


def test_the_newest_list_with_places_is_taken_from(store: SqlStore) -> None:
    open_list(store)
    open_list(store, size=10)
    found = [take(store, 10), take(store, 10)]
    assert [block and block.list for block in found] == [2, 1]


def test_a_closed_list_gives_no_places(store: SqlStore) -> None:
    open_list(store)
    assert take(store, 1, now=NOW + DAY - 1) is not None
    assert take(store, 1, now=NOW + DAY) is None


def test_a_list_lives_for_as_long_as_whoever_takes_from_it_needs(store: SqlStore) -> None:
    open_list(store, expires_at=NOW + 3 * DAY)
    shorter, longer, again = (take(store, 1, reach=reach) for reach in (DAY, 5 * DAY, DAY))
    assert [block and block.expires_at for block in (shorter, longer, again)] == [
        NOW + 3 * DAY,
        NOW + 6 * DAY,
        NOW + 6 * DAY,
    ]


def test_what_expired_is_told_no_more_and_goes_when_the_next_list_is_opened(store: SqlStore) -> None:
    open_list(store, expires_at=NOW + 3 * DAY)
    open_list(store, expires_at=NOW + 4 * DAY)
    with store.read() as uow:
        assert uow.status_lists.live(NOW) == [StatusList(1, 100), StatusList(2, 100)]
        assert uow.status_lists.live(NOW + 3 * DAY) == [StatusList(2, 100)]
    open_list(store, now=NOW + 3 * DAY)
    with store.read() as uow:
        assert [each.number for each in uow.status_lists.live(NOW)] == [2, 3]


def test_no_number_comes_twice_even_after_a_long_sleep(store: SqlStore) -> None:
    open_list(store)
    open_list(store, now=NOW + 1000 * DAY, expires_at=NOW + 1009 * DAY)
    with store.read() as uow:
        assert [each.number for each in uow.status_lists.live(NOW)] == [2]


def test_the_places_of_ended_sessions_are_told_and_no_others(store: SqlStore) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
    add_session(store, "alive", StatusIndex(1, 0))
    add_session(store, "ended", StatusIndex(1, 5), NOW + 5)
    add_session(store, "later", StatusIndex(1, 9), NOW + 9)
    add_session(store, "elsewhere", StatusIndex(2, 6), NOW + 9)
    add_session(store, "nowhere", None, NOW + 9)
    with store.read() as uow:
        assert sorted(uow.status_lists.ended(1, since=None)) == [5, 9]
        assert uow.status_lists.ended(1, since=NOW + 6) == [9]
        assert uow.status_lists.ended(1, since=NOW + 9) == [9]
        assert uow.status_lists.ended(3, since=None) == []


@pytest.mark.usefixtures("store")
def test_four_processes_with_threads_get_every_place_once(
    ready_database_url: str, four_processes: Processes
) -> None:
    of_each = four_processes.race(status_races.take_blocks, ready_database_url)
    places = [place for got in of_each for place in got]
    assert len(places) == 4 * status_races.THREADS * status_races.EACH == len(set(places))
    lists = {number for number, _ in places}
    assert lists == set(range(1, len(lists) + 1)), "the one who opens a list is alone"
    assert all(index < status_races.SIZE for _, index in places)


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="there is no fork here")
def test_a_fork_hands_out_none_of_its_parents_places(ready_database_url: str) -> None:
    ended = run(
        [sys.executable, "-m", "tests.support.forked_places", ready_database_url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    places = ended.stdout.split()
    assert len(places) == 120 == len(set(places))
