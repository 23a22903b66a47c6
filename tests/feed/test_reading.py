"""A list is read on from where the last reading stopped, and comes to the same as reading all of it."""

import dataclasses
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepass_server.domain.sessions import StatusIndex
from gatepass_server.domain.status_lists import StatusList
from gatepass_server.status.reading import OVERLAP, WHOLE_EVERY, Reading
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.status_lists import SqlStatusLists
from tests.support.databases import Emptier
from tests.support.samples import NOW, sample_session, sample_user

LIST = StatusList(1, 64)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """From when on each reading asked; None where for everything."""
    since: list[int | None] = []
    ended = SqlStatusLists.ended

    def noted(self: SqlStatusLists, number: int, **arguments: Any) -> Any:
        since.append(arguments["since"])
        return ended(self, number, **arguments)

    monkeypatch.setattr(SqlStatusLists, "ended", noted)
    return since


@pytest.fixture
def people(store: SqlStore) -> SqlStore:
    """A session at each place of the list."""
    with store.write() as uow:
        uow.users.add(sample_user())
        for index in range(LIST.size):
            session = dataclasses.replace(sample_session(f"s{index}"), status=StatusIndex(1, index))
            uow.sessions.add(session)
    return store


def end(store: SqlStore, index: int, at: float) -> None:
    with store.write() as uow:
        assert uow.sessions.end(f"s{index}", int(at))


def bits(reading: Reading) -> list[int]:
    """The places whose bit is set, by section 4.1 of the draft."""
    data = reading.bits
    return [index for index in range(len(data) * 8) if data[index // 8] >> index % 8 & 1]


@pytest.mark.compliance(
    "draft-ietf-oauth-status-list-21", "4.1", "statuses are packed from the least significant bit on"
)
def test_the_bits_of_ended_sessions_are_set(people: SqlStore) -> None:
    end(people, 0, NOW)
    end(people, 9, NOW)
    end(people, 63, NOW)
    reading = Reading(people, LIST)
    reading.read(NOW)
    assert reading.bits == bytes([1, 2, 0, 0, 0, 0, 0, 128])


def test_only_what_is_new_is_read(people: SqlStore, asked: list[int | None]) -> None:
    reading = Reading(people, LIST)
    reading.read(NOW + 0.5)
    end(people, 3, NOW + 1)
    reading.read(NOW + 2)
    assert bits(reading) == [3]
    end(people, 4, NOW + 100)
    reading.read(NOW + 100)
    assert bits(reading) == [3, 4]
    assert asked == [None, NOW - OVERLAP, NOW + 2 - OVERLAP]


def test_an_end_that_is_committed_late_or_by_a_slow_clock_is_found(people: SqlStore) -> None:
    reading = Reading(people, LIST)
    reading.read(NOW + 200)
    end(people, 3, NOW + 200 - OVERLAP)
    reading.read(NOW + 201)
    assert bits(reading) == [3]


def test_everything_is_read_anew_from_time_to_time(people: SqlStore, asked: list[int | None]) -> None:
    reading = Reading(people, LIST)
    reading.read(NOW)
    end(people, 3, NOW - 10 * OVERLAP)
    reading.read(NOW + WHOLE_EVERY - 1)
    assert bits(reading) == []
    reading.read(NOW + WHOLE_EVERY)
    assert bits(reading) == [3]
    assert [since is None for since in asked] == [True, False, True]


def test_a_clock_that_was_set_back_makes_it_read_everything(
    people: SqlStore, asked: list[int | None]
) -> None:
    reading = Reading(people, LIST)
    reading.read(NOW)
    end(people, 3, NOW - 5000)
    reading.read(NOW - 5000)
    assert bits(reading) == [3]
    assert asked == [None, None]


def test_the_version_tells_whether_a_bit_changed(people: SqlStore) -> None:
    reading = Reading(people, LIST)
    versions = []
    for at, index in ((0, None), (1, None), (2, 5), (3, None), (WHOLE_EVERY, None), (WHOLE_EVERY + 1, 6)):
        if index is not None:
            end(people, index, NOW + at)
        reading.read(NOW + at)
        versions.append(reading.version)
    assert versions == [1, 1, 2, 2, 2, 3]


def test_a_session_that_was_deleted_long_after_its_end_is_forgotten(people: SqlStore) -> None:
    end(people, 5, NOW)
    reading = Reading(people, LIST)
    reading.read(NOW)
    with people.write() as uow:
        assert uow.sessions.prune(NOW + 1, limit=9) == 1
    reading.read(NOW + WHOLE_EVERY)
    assert bits(reading) == []
    assert reading.version == 2


_STEPS = st.lists(
    st.tuples(st.integers(0, 63), st.integers(0, OVERLAP), st.sampled_from([0, 1, 7, OVERLAP, WHOLE_EVERY])),
    min_size=1,
    max_size=20,
)


@given(steps=_STEPS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reading_on_and_reading_all_agree_whatever_happens(
    ready_database_url: str, steps: list[tuple[int, int, int]]
) -> None:
    store = SqlStore(ready_database_url)
    try:
        _compare(store, ready_database_url, steps)
    finally:
        store.close()


def _compare(store: SqlStore, url: str, steps: list[tuple[int, int, int]]) -> None:
    if url.startswith("sqlite"):
        with store.write() as uow:
            for table in ("gatepass_sessions", "gatepass_users"):
                uow._connection.exec_driver_sql(f"DELETE FROM {table}")
    else:
        with closing(Emptier(url)) as empty:
            empty()
    with store.write() as uow:
        uow.users.add(sample_user())
    now, ended = float(NOW), set()
    reading = Reading(store, LIST)
    reading.read(now)
    for index, late, pause in steps:
        if index not in ended:
            ended.add(index)
            status = StatusIndex(1, index)
            session = dataclasses.replace(
                sample_session(f"s{index}", ended_at=int(now) - late), status=status
            )
            with store.write() as uow:
                uow.sessions.add(session)
        reading.read(now)
        whole = Reading(store, LIST)
        whole.read(now)
        assert bits(reading) == bits(whole) == sorted(ended)
        now += pause
