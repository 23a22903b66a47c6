"""Who is told of a log-out, and that a message has one hand on it at a time."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Barrier, Thread

import pytest

from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.domain.logout_notices import LogoutNotice
from gatepass_server.domain.sessions import Session, SessionMode
from gatepass_server.store.ports import Store
from tests.support.samples import NOW, sample_session, sample_user


@pytest.fixture(autouse=True)
def _programs(store: Store) -> None:
    told = ClientMetadata(backchannel_logout_uri="https://rp.example/logout")
    with store.write() as uow:
        for user in ("u1", "u2"):
            uow.users.add(sample_user(user))
        for name in ("told", "told too"):
            uow.clients.add(Client(id=name, name=name, created_at=NOW, metadata=told))
        uow.clients.add(Client(id="silent", name="silent", created_at=NOW))
        uow.sessions.add(replace(sample_session("sso"), mode=SessionMode.COOKIE, cookie_digest=b"c"))


def grant(
    name: str, client: str, *, parent: str | None = "sso", offline: bool = False, user: str = "u1"
) -> Session:
    return replace(sample_session(name, user), client_id=client, parent_id=parent, offline=offline)


def add(store: Store, *sessions: Session) -> None:
    with store.write() as uow:
        for session in sessions:
            uow.sessions.add(session)


def claim(store: Store, now: int = NOW + 10, *, limit: int = 100, lease: int = 60) -> Sequence[LogoutNotice]:
    with store.write() as uow:
        return uow.logout_notices.claim(now, until=now + lease, limit=limit)


def told(store: Store) -> list[tuple[str, str, str]]:
    return sorted((one.session_id, one.client_id, one.user_id) for one in claim(store))


@pytest.mark.compliance("Back-Channel Logout 1.0", "2.5", "all programs that were signed in to are told")
def test_the_end_of_a_sign_in_is_told_to_the_programs_that_want_to_know(store: Store) -> None:
    add(store, grant("a", "told"), grant("b", "told too"), grant("c", "silent"), grant("d", "gone"))
    add(store, grant("other", "told", parent="another"))
    with store.write() as uow:
        assert uow.sessions.end("sso", NOW + 5)
    assert told(store) == [("a", "told", "u1"), ("b", "told too", "u1")]


@pytest.mark.compliance(
    "Back-Channel Logout 1.0", "2.7", "refresh tokens with offline_access are not revoked"
)
def test_a_grant_that_outlives_its_sign_in_is_told_of_it_and_lives_on(store: Store) -> None:
    add(store, grant("offline", "told", offline=True))
    add(store, replace(grant("over", "told", offline=True), expires_at=NOW + 5))
    with store.write() as uow:
        assert uow.sessions.end("sso", NOW + 5)
        live = uow.sessions.with_user("offline")
    assert live is not None
    assert live.session.ended_at is None
    assert told(store) == [("offline", "told", "u1")]


def test_a_grant_that_ends_alone_is_told_alone(store: Store) -> None:
    add(store, grant("a", "told"), grant("b", "told too"))
    with store.write() as uow:
        assert uow.sessions.end("a", NOW + 5)
        assert not uow.sessions.end("a", NOW + 6)
    assert told(store) == [("a", "told", "u1")]


def test_what_ended_before_is_not_told_again(store: Store) -> None:
    add(store, grant("a", "told"), grant("b", "told", offline=True))
    with store.write() as uow:
        uow.sessions.end("a", NOW + 5)
    assert told(store) == [("a", "told", "u1")]
    with store.write() as uow:
        uow.sessions.end("sso", NOW + 6)
        assert not uow.sessions.end("sso", NOW + 7)
    assert told(store) == [("b", "told", "u1")]


def test_the_end_of_all_of_a_persons_sessions_is_told_for_each_and_for_nobody_else(store: Store) -> None:
    many = [grant(f"g{number}", "told", offline=number % 2 == 0) for number in range(1200)]
    add(store, *many, grant("theirs", "told", parent=None, user="u2"))
    with store.write() as uow:
        uow.sessions.end_all_of("u1", NOW + 5)
    with store.write() as uow:
        found = uow.logout_notices.claim(NOW + 5, until=NOW + 65, limit=5000)
    assert sorted(one.session_id for one in found) == sorted(session.id for session in many)


def test_a_transaction_that_is_rolled_back_tells_nobody(store: Store) -> None:
    add(store, grant("a", "told"))

    def fail() -> None:
        with store.write() as uow:
            uow.sessions.end("sso", NOW + 5)
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail()
    assert told(store) == []


def test_a_claimed_notice_is_nobody_elses_until_the_claim_is_over(store: Store) -> None:
    add(store, grant("a", "told"))
    with store.write() as uow:
        uow.sessions.end("sso", NOW)
    with store.read() as uow:
        assert not uow.logout_notices.are_due(NOW - 1)
        assert uow.logout_notices.are_due(NOW)
    (first,) = claim(store, NOW + 1)
    assert (first.attempts, first.created_at, first.next_at) == (1, NOW, NOW + 61)
    assert claim(store, NOW + 60) == []
    (second,) = claim(store, NOW + 61)
    assert (second.id, second.attempts) == (first.id, 2)


def test_who_lost_a_claim_cannot_postpone_and_who_delivered_may_always_remove(store: Store) -> None:
    add(store, grant("a", "told"))
    with store.write() as uow:
        uow.sessions.end("sso", NOW)
    (first,) = claim(store, NOW)
    (second,) = claim(store, NOW + 60)
    with store.write() as uow:
        assert not uow.logout_notices.postpone(first, NOW + 600)
        assert uow.logout_notices.postpone(second, NOW + 600)
    assert claim(store, NOW + 599) == []
    assert len(claim(store, NOW + 600)) == 1
    with store.write() as uow:
        assert uow.logout_notices.remove(first.id)
        assert not uow.logout_notices.remove(first.id)
        assert not uow.logout_notices.postpone(second, NOW + 900)


def test_new_notices_come_before_those_that_failed(store: Store) -> None:
    add(store, grant("old", "told"), grant("new", "told"))
    with store.write() as uow:
        uow.sessions.end("old", NOW)
    (old,) = claim(store, NOW)
    with store.write() as uow:
        uow.logout_notices.postpone(old, NOW + 1)
        uow.sessions.end("new", NOW + 5)
    assert [one.session_id for one in claim(store, NOW + 5, limit=1)] == ["new"]
    assert [one.session_id for one in claim(store, NOW + 5, limit=1)] == ["old"]


def test_of_many_who_claim_at_once_each_notice_goes_to_one(store: Store) -> None:
    add(store, *(grant(f"g{number}", "told") for number in range(40)))
    with store.write() as uow:
        uow.sessions.end("sso", NOW)
    barrier = Barrier(4)
    found: list[str] = []

    def work() -> None:
        barrier.wait(30)
        while some := claim(store, NOW + 1, limit=3):
            found.extend(one.session_id for one in some)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == sorted(f"g{number}" for number in range(40))


def test_the_live_grants_of_a_sign_in_are_listed(store: Store) -> None:
    add(store, grant("a", "told"), grant("b", "silent", offline=True), grant("c", "told", parent=None))
    add(store, replace(grant("d", "told"), ended_at=NOW))
    with store.read() as uow:
        assert [one.id for one in uow.sessions.grants_in("sso", now=NOW + 1, limit=10)] == ["a", "b"]
        assert [one.id for one in uow.sessions.grants_in("sso", now=NOW + 1, limit=1)] == ["a"]
        assert uow.sessions.grants_in("a", now=NOW + 1, limit=10) == []
