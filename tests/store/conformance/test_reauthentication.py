"""A session whose owner has proved anew who they are, and the grants that came of sign-ins."""

from dataclasses import replace

import pytest

from gatepass_server.domain.sessions import Session, SessionMode
from gatepass_server.store.ports import LiveSession, Store
from tests.support.samples import NOW, sample_session, sample_user

OLD, NEW = b"old" * 11, b"new" * 11
SESSION = replace(
    sample_session(),
    mode=SessionMode.COOKIE,
    cookie_digest=OLD,
    methods=("pwd",),
    authenticated_at=NOW,
    idle_expires_at=NOW + 500,
    expires_at=NOW + 1000,
)


@pytest.fixture(autouse=True)
def _owner(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user("u1"))
        uow.users.add(sample_user("u2"))
        uow.sessions.add(SESSION)


def reauthenticate(
    store: Store, *, old: bytes = OLD, now: int = NOW + 100, idle: int = 600
) -> LiveSession | None:
    with store.write() as uow:
        return uow.sessions.reauthenticate(
            SESSION.id, old=old, new=NEW, methods=("pwd", "otp"), now=now, idle=idle
        )


def test_it_is_younger_has_another_cookie_and_ends_when_it_would_have(store: Store) -> None:
    found = reauthenticate(store)
    expected = replace(
        SESSION,
        cookie_digest=NEW,
        methods=("pwd", "otp"),
        authenticated_at=NOW + 100,
        last_seen_at=NOW + 100,
        idle_expires_at=NOW + 700,
    )
    assert found == LiveSession(session=expected, user=sample_user("u1"))
    with store.read() as uow:
        assert uow.sessions.by_cookie(OLD) is None
        assert uow.sessions.by_cookie(NEW) == found


def test_idleness_never_outlasts_the_absolute_end(store: Store) -> None:
    found = reauthenticate(store, idle=5000)
    assert found is not None
    assert (found.session.idle_expires_at, found.session.expires_at) == (NOW + 1000, NOW + 1000)


def test_who_comes_with_an_old_cookie_changes_nothing(store: Store) -> None:
    assert reauthenticate(store) is not None
    assert reauthenticate(store) is None
    assert reauthenticate(store, old=b"none") is None


@pytest.mark.parametrize("how", ["ended", "idle", "over"])
def test_a_session_that_is_not_live_stays_so(store: Store, how: str) -> None:
    if how == "ended":
        with store.write() as uow:
            uow.sessions.end(SESSION.id, NOW + 1)
    now = {"ended": NOW + 2, "idle": NOW + 500, "over": NOW + 1000}[how]
    assert reauthenticate(store, now=now) is None


def grant(name: str, **changed: object) -> Session:
    usual = {"id": name, "cookie_digest": None, "mode": SessionMode.OPAQUE, "parent_id": SESSION.id}
    return replace(SESSION, **{**usual, "client_id": "wiki", **changed})  # type: ignore[arg-type] # a test names fields


def test_the_grants_of_a_person_are_those_that_live_and_came_of_a_sign_in(store: Store) -> None:
    with store.write() as uow:
        for session in (
            grant("g2"),
            grant("g1", client_id="blog"),
            grant("g3", ended_at=NOW),
            grant("g4", idle_expires_at=NOW),
            grant("g5", user_id="u2"),
            grant("g6", parent_id="gone"),
        ):
            uow.sessions.add(session)
    with store.read() as uow:
        found = uow.sessions.grants_of("u1", now=NOW + 1)
    assert [session.id for session in found] == ["g1", "g2", "g6"]
    assert found[0] == grant("g1", client_id="blog")
