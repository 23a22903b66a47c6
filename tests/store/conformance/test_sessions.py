"""Log-ins: read together with their owner, ended once."""

from dataclasses import replace

import pytest

from gatepass_server.domain.sessions import Session, SessionMode, StatusIndex
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
        assert not uow.sessions.end_all_of(text, NOW)


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
        assert sorted(uow.sessions.end_all_of("u1", NOW + 5)) == ["a", "b"]
        assert not uow.sessions.end_all_of("u1", NOW + 6)
        ends = {}
        for name in ("a", "b", "old", "other"):
            found = uow.sessions.with_user(name)
            assert found is not None
            ends[name] = found.session.ended_at
    assert ends == {"a": NOW + 5, "b": NOW + 5, "old": NOW, "other": None}


def found(store: Store, name: str) -> Session:
    with store.read() as uow:
        live = uow.sessions.with_user(name)
    assert live is not None
    return live.session


def test_a_session_is_read_as_it_was_kept_in_every_mode(store: Store) -> None:
    cookie = replace(sample_session("c"), mode=SessionMode.COOKIE, cookie_digest=b"\x00\xff")
    listed = replace(sample_session("l"), mode=SessionMode.TOKEN, status=StatusIndex(3, 17))
    with store.write() as uow:
        uow.sessions.add(cookie)
        uow.sessions.add(listed)
    assert found(store, "c") == cookie
    assert found(store, "l") == listed


def test_a_session_is_found_by_its_cookie_and_by_no_other(store: Store) -> None:
    session = replace(sample_session(), mode=SessionMode.COOKIE, cookie_digest=b"one")
    with store.write() as uow:
        uow.sessions.add(sample_session("without"))
        uow.sessions.add(session)
        assert uow.sessions.by_cookie(b"one") == LiveSession(session=session, user=sample_user("u1"))
        assert uow.sessions.by_cookie(b"two") is None
        assert uow.sessions.by_cookie(b"") is None


def test_a_cookie_gives_its_place_to_another_once(store: Store) -> None:
    with store.write() as uow:
        uow.sessions.add(replace(sample_session(), mode=SessionMode.COOKIE, cookie_digest=b"one"))
        assert uow.sessions.replace_cookie("s1", old=b"one", new=b"two")
        assert not uow.sessions.replace_cookie("s1", old=b"one", new=b"three")
    assert found(store, "s1").cookie_digest == b"two"


def test_a_use_moves_the_idle_end_but_never_past_the_absolute_one(store: Store) -> None:
    session = replace(sample_session(), idle_expires_at=NOW + 600, expires_at=NOW + 1000)
    with store.write() as uow:
        uow.sessions.add(session)
        first = uow.sessions.prolong("s1", now=NOW + 100, idle=600).told()
        second = uow.sessions.prolong("s1", now=NOW + 500, idle=600).told()
    moved = replace(session, last_seen_at=NOW + 100, idle_expires_at=NOW + 700)
    assert first == LiveSession(session=moved, user=sample_user("u1"))
    assert second is not None
    assert second.session.idle_expires_at == NOW + 1000
    assert found(store, "s1") == second.session


@pytest.mark.parametrize(
    ("session", "now"),
    [
        (sample_session(ended_at=NOW), NOW),
        (replace(sample_session(), idle_expires_at=NOW + 5), NOW + 5),
        (replace(sample_session(), expires_at=NOW + 5), NOW + 5),
    ],
    ids=["ended", "idle for too long", "at its absolute end"],
)
def test_a_session_that_is_not_live_is_not_prolonged(store: Store, session: Session, now: int) -> None:
    with store.write() as uow:
        uow.sessions.add(session)
        assert uow.sessions.prolong("s1", now=now, idle=600).told() is None
        assert uow.sessions.prolong("unknown", now=now, idle=600).told() is None
    assert found(store, "s1") == session


def test_live_sessions_of_one_user_are_listed_newest_first_page_by_page(store: Store) -> None:
    with store.write() as uow:
        for name, age in (("old", 9), ("a", 5), ("b", 5), ("new", 1)):
            uow.sessions.add(replace(sample_session(name), created_at=NOW - age))
        uow.sessions.add(sample_session("ended", ended_at=NOW))
        uow.sessions.add(replace(sample_session("idle"), idle_expires_at=NOW))
        uow.sessions.add(sample_session("theirs", "u2"))

        def page(after: str | None, limit: int = 2) -> list[str]:
            return [s.id for s in uow.sessions.page_of("u1", now=NOW, after=after, limit=limit)]

        assert page(None) == ["new", "b"]
        assert page("b") == ["a", "old"]
        assert page("old") == []
        assert page("theirs", 9) == []
        assert page(None, 9) == ["new", "b", "a", "old"]
        assert page("\0") == []


def test_all_sessions_but_one_end(store: Store) -> None:
    with store.write() as uow:
        for name in ("a", "b", "mine"):
            uow.sessions.add(sample_session(name))
        assert sorted(uow.sessions.end_all_of("u1", NOW + 5, but="mine")) == ["a", "b"]
    assert [found(store, name).ended_at for name in ("a", "b", "mine")] == [NOW + 5, NOW + 5, None]


def test_a_session_gets_a_place_in_the_feed_once(store: Store) -> None:
    with store.write() as uow:
        uow.sessions.add(sample_session())
        assert uow.sessions.place("s1", StatusIndex(1, 7)) == StatusIndex(1, 7)
        assert uow.sessions.place("s1", StatusIndex(2, 9)) == StatusIndex(1, 7)
        assert uow.sessions.place("unknown", StatusIndex(2, 9)) is None
    assert found(store, "s1").status == StatusIndex(1, 7)
