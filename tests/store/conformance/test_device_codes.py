"""Devices that wait, on every database."""

from dataclasses import replace

import pytest

from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.tables import device_codes
from tests.support.pruning import pruned
from tests.support.samples import NOW, sample_device_code, sample_session, sample_user

CODE = sample_device_code()


@pytest.fixture
def waiting(store: SqlStore) -> SqlStore:
    with store.write() as uow:
        uow.users.add(sample_user())
        uow.sessions.add(sample_session())
        assert uow.device_codes.add(CODE)
    return store


def test_it_is_found_by_what_the_device_holds_and_by_what_a_person_types(waiting: SqlStore) -> None:
    with waiting.read() as uow:
        assert uow.device_codes.find(CODE.digest) == CODE
        assert uow.device_codes.by_user_code(CODE.user_code_digest) == CODE
        assert uow.device_codes.find(CODE.user_code_digest) is None


def test_a_user_code_is_given_out_once(waiting: SqlStore) -> None:
    with waiting.write() as uow:
        assert not uow.device_codes.add(replace(CODE, digest=b"another"))
        assert uow.device_codes.add(sample_device_code("d2"))


def test_a_device_that_asks_too_soon_must_wait_for_longer(waiting: SqlStore) -> None:
    with waiting.write() as uow:
        asked = [
            uow.device_codes.poll(CODE.digest, now=NOW + second, slower_by=5)
            for second in (0, 5, 9, 10, 19, 29, 44)
        ]
        found = uow.device_codes.find(CODE.digest)
    assert asked == [True, True, True, False, True, True, True], (
        "a second is forgiven, and ten is the interval then"
    )
    assert found is not None
    assert (found.poll_interval, found.polled_at) == (10, NOW + 44)


def test_a_person_decides_once_and_in_time(waiting: SqlStore) -> None:
    with waiting.write() as uow:
        late = sample_device_code("late")
        uow.device_codes.add(late)
        assert not uow.device_codes.decide(late.user_code_digest, session_id="s1", now=NOW + 600)
        assert uow.device_codes.decide(CODE.user_code_digest, session_id=None, now=NOW + 1)
        assert not uow.device_codes.decide(CODE.user_code_digest, session_id="s1", now=NOW + 2)
        assert not uow.device_codes.consume(CODE.digest, now=NOW + 3).told(), "it was refused"


def test_a_device_that_was_let_in_gets_in_once(waiting: SqlStore) -> None:
    with waiting.write() as uow:
        assert not uow.device_codes.consume(CODE.digest, now=NOW).told()
        uow.device_codes.decide(CODE.user_code_digest, session_id="s1", now=NOW + 1)
        assert [uow.device_codes.consume(CODE.digest, now=NOW + 2).told() for _ in range(2)] == [True, False]


def test_a_device_code_goes_with_the_session_and_with_time(waiting: SqlStore) -> None:
    with waiting.write() as uow:
        assert pruned(uow, device_codes, lambda: uow.device_codes.prune(NOW + 600, limit=9)) == 0
        assert pruned(uow, device_codes, lambda: uow.device_codes.prune(NOW + 601, limit=9)) == 1


def test_a_device_that_was_let_in_is_kept_out_again_by_its_person(waiting: SqlStore) -> None:
    with waiting.write() as uow:
        uow.device_codes.decide(CODE.user_code_digest, session_id="s1", now=NOW + 1)
        assert uow.device_codes.take_back("u2", CODE.client_id) == 0
        assert uow.device_codes.take_back("u1", "another") == 0
        assert uow.device_codes.take_back("u1", CODE.client_id) == 1
        assert not uow.device_codes.consume(CODE.digest, now=NOW + 2).told()
        found = uow.device_codes.find(CODE.digest)
    assert found is not None
    assert (found.decided_at, found.session_id) == (NOW + 1, None), "as if it had been refused"
