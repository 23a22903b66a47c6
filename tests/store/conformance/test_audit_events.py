"""Events are rows of an unbroken chain, written by the transaction that does what they tell."""

import json

import pytest

from gatepass_server.domain.audit import GENESIS, ChainLink, EventKind
from gatepass_server.store.ports import UnitOfWork
from gatepass_server.store.sql import SqlStore
from tests.support import audit_house
from tests.support.audit_house import AuditHouse
from tests.support.clock import FakeClock
from tests.support.processes import Processes
from tests.support.samples import sample_user

DAY = 86_400


@pytest.fixture
def house(store: SqlStore, clock: FakeClock) -> AuditHouse:
    """A log that keeps everything."""
    return AuditHouse(store, clock)


def test_an_event_comes_back_as_it_was_written(house: AuditHouse, clock: FakeClock) -> None:
    pen = house.log.pen(address="2001:db8::1", request_id="r-1")
    with house.store.write() as uow:
        pen.note(uow, EventKind.KEY_ROTATED, actor="operator", text="é\0\ud800")
    (row,) = house.rows()
    assert (row.user_id, row.session_id) == (None, None)
    assert (row.position, row.at, row.kind, row.actor) == (1, int(clock()), "key.rotated", "operator")
    assert (row.address, row.request_id) == ("2001:db8::1", "r-1")
    assert json.loads(row.details) == {"text": "é\0\ud800"}


def test_events_of_one_transaction_follow_one_another_in_their_order(house: AuditHouse) -> None:
    house.write("a", "b")
    house.write("c")
    assert [(row.position, json.loads(row.details)["text"]) for row in house.rows()] == [
        (1, "a"),
        (2, "b"),
        (3, "c"),
    ]
    assert house.trail.verify().checked == 3


def test_a_transaction_that_fails_leaves_no_event_and_no_gap(house: AuditHouse) -> None:
    house.write("a")

    def fail(uow: UnitOfWork) -> None:
        uow.users.add(sample_user())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        house.write("never", act=fail)
    house.write("b")
    assert [(row.position, json.loads(row.details)["text"]) for row in house.rows()] == [(1, "a"), (2, "b")]
    assert house.trail.verify().fault is None


def test_the_act_and_its_event_come_together(house: AuditHouse, store: SqlStore) -> None:
    house.write("a", act=lambda uow: uow.users.add(sample_user()))
    with store.read() as uow:
        assert uow.users.by_id("u1") is not None
        assert uow.audit_events.head().position == 1


def test_a_transaction_without_events_writes_none(house: AuditHouse, store: SqlStore) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
    assert house.trail.head() == GENESIS
    assert house.rows() == []


def test_a_reading_transaction_cannot_write_events(house: AuditHouse, store: SqlStore) -> None:
    pen = house.log.pen()
    with store.read() as uow, pytest.raises(RuntimeError, match="only reads"):
        pen.note(uow, EventKind.KEY_CREATED, actor="operator")


def test_rows_are_found_by_place_user_and_kind(house: AuditHouse, store: SqlStore) -> None:
    house.write("a", "b", "a", "b", "a")
    with store.read() as uow:
        events = uow.audit_events
        assert [row.position for row in events.page(after=1, limit=2)] == [2, 3]
        assert [row.position for row in events.newest(limit=2)] == [4, 5]
        assert [row.position for row in events.page(after=1, limit=9, user_id="user of a")] == [3, 5]
        assert [row.position for row in events.newest(limit=2, user_id="user of b")] == [2, 4]
        assert [row.position for row in events.newest(limit=9, kind="key.rotated")] == [1, 2, 3, 4, 5]
        assert events.newest(limit=9, kind="key.retired") == []


def test_four_processes_that_write_at_once_make_one_unbroken_chain(
    house: AuditHouse, ready_database_url: str, four_processes: Processes
) -> None:
    four_processes.race(audit_house.append, ready_database_url)
    verdict = house.trail.verify()
    per_process = sum(1 + number % 2 for number in range(audit_house.ROUNDS) if number % 3 != 2)
    assert (verdict.fault, verdict.checked) == (None, 4 * per_process)
    texts = [json.loads(row.details)["text"] for row in house.rows()]
    for process in range(4):  # each in its own order
        own = [int(text.split("-")[1]) for text in texts if text.startswith(f"{process}-")]
        assert own == sorted(own)


def test_old_events_go_as_new_ones_come_and_what_is_kept_still_proves_itself(
    store: SqlStore, clock: FakeClock
) -> None:
    house = AuditHouse(store, clock, retention=10)
    for number in range(40):
        house.write(str(number))
    clock.advance(10 * DAY + 1)
    house.write("eight that fill the sixteen", *"1234567")  # 41 to 48 delete 1 to 32
    assert [row.position for row in house.rows()] == list(range(33, 49))
    verdict = house.trail.verify()
    assert (verdict.fault, verdict.first, verdict.checked) == (None, 33, 16)
    for number in range(16):
        house.write(str(number))
    assert [row.position for row in house.rows()] == list(range(41, 65))  # all that is younger than ten days
    with store.read() as uow:
        start = uow.audit_events.start()
    assert start is not None
    assert start.last_deleted.position == 40
    assert house.trail.verify().fault is None


def test_the_log_does_not_grow_with_time_under_steady_work(store: SqlStore, clock: FakeClock) -> None:
    house = AuditHouse(store, clock, retention=1)
    sizes = []
    for _ in range(200):
        house.write("event")
        clock.advance(DAY // 20)
        sizes.append(len(house.rows()))
    assert max(sizes) <= 20 + 16 + 1
    assert house.trail.verify().fault is None


def test_a_log_that_is_kept_for_ever_loses_nothing(house: AuditHouse, clock: FakeClock) -> None:
    for _ in range(40):
        house.write("event")
        clock.advance(1000 * DAY)
    assert len(house.rows()) == 40


def test_the_head_names_the_newest_row(house: AuditHouse) -> None:
    house.write("a", "b")
    assert house.trail.head() == ChainLink(2, house.rows()[-1].mac)
