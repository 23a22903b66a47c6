"""Whoever can write the database, but has no key, can change nothing of the log unseen."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from gatepass_server.domain.audit import ChainLink
from gatepass_server.domain.errors import OperatorError
from gatepass_server.store.sql import SqlStore
from tests.support.audit_house import AuditHouse
from tests.support.clock import FakeClock

DAY = 86_400
Tamper = Callable[..., None]


@pytest.fixture
def store(ready_database_url: str) -> Iterator[SqlStore]:
    """An empty store with its tables."""
    store = SqlStore(ready_database_url)
    yield store
    store.close()


@pytest.fixture
def house(store: SqlStore, clock: FakeClock) -> AuditHouse:
    """A log with ten events."""
    house = AuditHouse(store, clock, retention=10)
    for number in range(10):
        house.write(str(number))
    return house


@pytest.fixture
def tamper(store: SqlStore) -> Tamper:
    """Run a statement on the database as its thief would."""

    def run(statement: str, **values: object) -> None:
        with store._engines.writer.begin() as connection:
            connection.execute(text(statement), values)

    return run


def fault_at(house: AuditHouse, expect: ChainLink | None = None) -> int | None:
    fault = house.trail.verify(expect=expect).fault
    return None if fault is None else fault.position


def test_a_log_that_nobody_touched_is_whole(house: AuditHouse) -> None:
    verdict = house.trail.verify()
    assert (verdict.fault, verdict.first, verdict.checked) == (None, 1, 10)
    assert verdict.head == house.trail.head()


@pytest.mark.parametrize(
    "change",
    [
        "at = at - 1",
        "kind = 'key.created'",
        "actor = 'system'",
        "user_id = 'somebody else'",
        "user_id = NULL",
        "session_id = 'another'",
        "session_id = NULL",
        "address = ''",
        "request_id = 'r-2'",
        "details = '{}'",
        "details = details || ' '",
        "mac = (SELECT mac FROM gatepass_audit_events WHERE position = 4)",
    ],
)
def test_a_changed_field_is_found(house: AuditHouse, tamper: Tamper, change: str) -> None:
    tamper(f"UPDATE gatepass_audit_events SET {change} WHERE position = 5")
    assert fault_at(house) == 5


@pytest.mark.parametrize(
    ("fields", "swapped"),
    [
        ("actor = 'a', address = 'bc'", "actor = 'ab', address = 'c'"),
        ("user_id = NULL, session_id = 'x'", "user_id = 'x', session_id = NULL"),
    ],
)
def test_no_text_can_move_from_one_field_to_the_next(
    house: AuditHouse, tamper: Tamper, fields: str, swapped: str
) -> None:
    macs = []
    for change in (fields, swapped):
        tamper(f"UPDATE gatepass_audit_events SET {change} WHERE position = 5")
        macs.append(house.chain._row_mac(b"", house.rows()[4]))
    assert macs[0] != macs[1]


def test_a_row_that_was_deleted_in_the_middle_is_found(house: AuditHouse, tamper: Tamper) -> None:
    tamper("DELETE FROM gatepass_audit_events WHERE position = 5")
    verdict = house.trail.verify()
    assert verdict.fault is not None
    assert (verdict.fault.position, verdict.fault.message) == (5, "Row 5 is missing.")
    assert verdict.checked == 4


def test_rows_that_closed_the_gap_are_found(house: AuditHouse, tamper: Tamper) -> None:
    tamper("DELETE FROM gatepass_audit_events WHERE position = 5")
    for position in range(6, 11):
        tamper(
            "UPDATE gatepass_audit_events SET position = :to WHERE position = :at",
            to=position - 1,
            at=position,
        )
    assert fault_at(house) == 5


@pytest.mark.parametrize("last", [1, 9])
def test_a_prefix_that_was_deleted_is_found(house: AuditHouse, tamper: Tamper, last: int) -> None:
    tamper("DELETE FROM gatepass_audit_events WHERE position <= :last", last=last)
    assert fault_at(house) == 1


def test_a_start_that_was_made_up_for_a_deleted_prefix_is_found(house: AuditHouse, tamper: Tamper) -> None:
    tamper(
        "INSERT INTO gatepass_audit_starts SELECT position, mac, mac FROM gatepass_audit_events WHERE position = 4"
    )
    tamper("DELETE FROM gatepass_audit_events WHERE position <= 4")
    assert fault_at(house) == 5


def test_the_true_start_fits_no_other_position(house: AuditHouse, tamper: Tamper, clock: FakeClock) -> None:
    clock.advance(11 * DAY)
    house.write(*"abcdef")  # reaches 16, and deletes 1 to 10
    assert house.trail.verify().first == 11
    tamper("DELETE FROM gatepass_audit_events WHERE position <= 12")
    assert fault_at(house) == 11
    tamper("UPDATE gatepass_audit_starts SET position = 12")
    assert fault_at(house) == 13
    tamper(
        "UPDATE gatepass_audit_starts SET mac = (SELECT mac FROM gatepass_audit_events WHERE position = 13)"
    )
    assert fault_at(house) == 13


def test_a_start_that_was_deleted_is_found(house: AuditHouse, tamper: Tamper, clock: FakeClock) -> None:
    clock.advance(11 * DAY)
    house.write(*"abcdef")
    tamper("DELETE FROM gatepass_audit_starts")
    assert fault_at(house) == 1


def test_rows_that_stand_before_the_start_are_found(
    house: AuditHouse, tamper: Tamper, clock: FakeClock
) -> None:
    copy = "INSERT INTO gatepass_audit_events SELECT :to, at, kind, actor, user_id, session_id, address, request_id, "
    copy += "details, mac FROM gatepass_audit_events WHERE position = :of"
    tamper(copy, to=0, of=1)
    assert fault_at(house) == 0
    tamper("DELETE FROM gatepass_audit_events WHERE position = 0")
    clock.advance(11 * DAY)
    house.write(*"abcdef")
    tamper(copy, to=3, of=11)
    assert fault_at(house) == 3


def test_rows_that_changed_places_are_found(house: AuditHouse, tamper: Tamper) -> None:
    for at, to in ((5, 99), (6, 5), (99, 6)):
        tamper("UPDATE gatepass_audit_events SET position = :to WHERE position = :at", to=to, at=at)
    assert fault_at(house) == 5


def test_a_row_that_was_added_at_the_end_is_found(house: AuditHouse, tamper: Tamper) -> None:
    tamper(
        "INSERT INTO gatepass_audit_events SELECT 11, at, kind, actor, user_id, session_id, address, request_id, "
        "details, mac FROM gatepass_audit_events WHERE position = 10"
    )
    assert fault_at(house) == 11


def test_a_log_under_another_key_is_found(house: AuditHouse, store: SqlStore, clock: FakeClock) -> None:
    assert fault_at(house) is None
    assert fault_at(AuditHouse(store, clock, key=b"x" * 32)) == 1


def test_rows_that_were_cut_off_at_the_end_are_found_by_who_kept_a_head(
    house: AuditHouse, tamper: Tamper
) -> None:
    head = house.trail.head()
    house.write("later")
    assert fault_at(house, expect=head) is None
    tamper("DELETE FROM gatepass_audit_events WHERE position >= 10")
    assert fault_at(house) is None  # nothing that is left tells of it
    assert fault_at(house, expect=head) == 10
    house.write("another in its place")
    fault = house.trail.verify(expect=head).fault
    assert fault is not None
    assert fault.message == "Row 10 is another one than expected."


def test_a_log_that_was_emptied_is_found_by_who_kept_a_head(house: AuditHouse, tamper: Tamper) -> None:
    head = house.trail.head()
    tamper("DELETE FROM gatepass_audit_events")
    assert fault_at(house, expect=head) == 1


def test_a_shortened_log_that_was_emptied_is_found(
    house: AuditHouse, tamper: Tamper, clock: FakeClock
) -> None:
    clock.advance(11 * DAY)
    house.write(*"abcdef")
    tamper("DELETE FROM gatepass_audit_events")
    assert fault_at(house) == 11


def test_an_expected_head_that_was_deleted_for_its_age_is_no_proof(
    house: AuditHouse, clock: FakeClock
) -> None:
    old, last = (ChainLink(row.position, row.mac) for row in house.rows()[8:])
    clock.advance(11 * DAY)
    house.write(*"abcdef")
    assert fault_at(house, expect=last) is None  # the very row before the start is known yet
    fault = house.trail.verify(expect=old).fault
    assert fault is not None
    assert "older than the log" in fault.message


def test_a_long_log_is_read_in_pages_while_it_is_shortened(
    store: SqlStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepass_server.audit.verify.PAGE", 10)
    house = AuditHouse(store, clock, retention=10)
    for _ in range(5):
        house.write(*"0123456789")
    clock.advance(11 * DAY)
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 1:  # somebody works on, so that the next page is not there any more
            house.write(*"0123456789abcdef")
            house.write(*"0123456789abcdef")

    verdict = house.trail.verify(progress=progress)
    assert verdict.fault is None
    assert verdict.head == house.trail.head() == ChainLink(82, verdict.head.mac)
    assert verdict.checked == 10 + 82 - 50
    assert told[0] == (10, 50)
    assert told[-1] == (82, 82)


@pytest.mark.parametrize("value", ["x'00ff'", "1.5", "'text'", "9e999"])
def test_values_of_another_type_are_found_in_sqlite(
    ready_sqlite_url: str, clock: FakeClock, value: str
) -> None:
    store = SqlStore(ready_sqlite_url)
    house = AuditHouse(store, clock)
    for column in ("at", "details", "mac", "address"):
        house.write("event")
        position = house.trail.head().position
        with store._engines.writer.begin() as connection:
            connection.execute(
                text(f"UPDATE gatepass_audit_events SET {column} = {value} WHERE position = {position}")
            )
        assert fault_at(house) == position
        with store._engines.writer.begin() as connection:
            connection.execute(text(f"DELETE FROM gatepass_audit_events WHERE position = {position}"))
    store.close()


def test_bytes_that_are_no_text_end_in_a_sentence_without_them(
    ready_sqlite_url: str, clock: FakeClock
) -> None:
    store = SqlStore(ready_sqlite_url)
    house = AuditHouse(store, clock)
    house.write("event")
    with store._engines.writer.begin() as connection:
        connection.execute(text("UPDATE gatepass_audit_events SET address = CAST(x'41ff' AS TEXT)"))
    with pytest.raises(OperatorError, match="damaged") as refused:
        house.trail.verify()
    assert refused.value.reason == "Could not decode to UTF-8"
    store.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE gatepass_audit_events SET at = 0 WHERE position <= 5",
        "DELETE FROM gatepass_audit_events WHERE position <= 5",
        "UPDATE gatepass_audit_events SET at = 0, actor = 'system' WHERE position <= 5",
    ],
)
def test_what_was_tampered_with_is_not_deleted_as_if_it_were_old(
    house: AuditHouse, clock: FakeClock, tamper: Tamper, change: str
) -> None:
    tamper(change)
    for number in range(40):
        house.write(str(number))
    assert fault_at(house) == 1
    clock.advance(20 * DAY)
    for number in range(40):
        house.write(str(number))
    assert fault_at(house) == 1


def test_a_forged_start_is_not_replaced_by_a_genuine_one(
    house: AuditHouse, clock: FakeClock, tamper: Tamper
) -> None:
    tamper(
        "INSERT INTO gatepass_audit_starts (position, mac, seal)"
        " SELECT position, mac, mac FROM gatepass_audit_events WHERE position = 5"
    )
    tamper("DELETE FROM gatepass_audit_events WHERE position <= 5")
    clock.advance(20 * DAY)
    for number in range(40):
        house.write(str(number))
    assert fault_at(house) == 6
