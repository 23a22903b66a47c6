"""Log-ins: read together with their owner, ended once."""

from dataclasses import replace

import pytest

from gatepass_server.store.ports import LiveSession, Store
from tests.support.samples import NOW, sample_session, sample_user


@pytest.fixture(autouse=True)
def _owner(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user("u1"))
        uow.users.add(sample_user("u2"))


@pytest.mark.parametrize("methods", [(), ("pwd",), ("pwd", "otp")])
def test_a_session_is_read_with_its_owner(store: Store, methods: tuple[str, ...]) -> None:
    session = replace(sample_session(), methods=methods)
    with store.write() as uow:
        uow.sessions.add(session)
    with store.read() as uow:
        assert uow.sessions.with_user("s1") == LiveSession(session=session, user=sample_user("u1"))


def test_a_session_that_ended_and_a_disabled_owner_are_still_read(store: Store) -> None:
    with store.write() as uow:
        uow.sessions.add(sample_session(ended_at=NOW + 1))
        uow.users.disable("u1", NOW + 2)
    with store.read() as uow:
        found = uow.sessions.with_user("s1")
    assert found is not None
    assert found.session.ended_at == NOW + 1
    assert found.user.disabled_at == NOW + 2


@pytest.mark.parametrize("text", ["", "S1", "s1\0", "\ud800", "s1 "], ids=ascii)
def test_what_no_session_has_is_not_found(store: Store, text: str) -> None:
    with store.write() as uow:
        uow.sessions.add(sample_session())
        assert uow.sessions.with_user(text) is None
        assert not uow.sessions.end(text, NOW)
        assert uow.sessions.end_all_of(text, NOW) == 0


def test_a_session_ends_once(store: Store) -> None:
    with store.write() as uow:
        uow.sessions.add(sample_session())
        assert uow.sessions.end("s1", NOW + 5)
        assert not uow.sessions.end("s1", NOW + 9)
        found = uow.sessions.with_user("s1")
    assert found is not None
    assert found.session.ended_at == NOW + 5


def test_all_sessions_of_one_user_end_and_nobody_elses(store: Store) -> None:
    with store.write() as uow:
        for name in ("a", "b"):
            uow.sessions.add(sample_session(name, "u1"))
        uow.sessions.add(sample_session("old", "u1", ended_at=NOW))
        uow.sessions.add(sample_session("other", "u2"))
        assert uow.sessions.end_all_of("u1", NOW + 5) == 2
        assert uow.sessions.end_all_of("u1", NOW + 6) == 0
        ends = {}
        for name in ("a", "b", "old", "other"):
            found = uow.sessions.with_user(name)
            assert found is not None
            ends[name] = found.session.ended_at
    assert ends == {"a": NOW + 5, "b": NOW + 5, "old": NOW, "other": None}
