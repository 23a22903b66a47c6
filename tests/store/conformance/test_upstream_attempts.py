"""Sign-ins through other houses that are under way: each good once, in one browser, at one house, in one phase."""

from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest

from gatepass_server.domain.identities import Identity
from gatepass_server.domain.upstream_attempts import Attempt, Phase
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.tables import upstream_attempts
from tests.support.pruning import pruned
from tests.support.samples import NOW, sample_session, sample_user

ATTEMPT = Attempt(
    digest=b"state",
    browser_digest=b"browser",
    provider="corp",
    phase=Phase.BEGUN,
    sealed=b"\x00sealed",
    created_at=NOW,
    expires_at=NOW + 900,
)
ASKED: dict[str, Any] = {"browser_digest": b"browser", "provider": "corp", "phase": Phase.BEGUN, "now": NOW}


def add(store: SqlStore, *them: Attempt) -> None:
    with store.write() as uow:
        for one in them:
            uow.upstream_attempts.add(one)


def test_it_is_found_and_spent_once(store: SqlStore) -> None:
    add(store, ATTEMPT)
    with store.write() as uow:
        assert uow.upstream_attempts.find(b"state", **ASKED) == ATTEMPT
        assert uow.upstream_attempts.spend(b"state", **ASKED) == replace(ATTEMPT, consumed_at=NOW)
        assert uow.upstream_attempts.spend(b"state", **ASKED) is None
        assert uow.upstream_attempts.find(b"state", **ASKED) is None


@pytest.mark.parametrize(
    "changed",
    [{"browser_digest": b"another"}, {"provider": "other"}, {"phase": Phase.PROVEN}, {"now": NOW + 900}],
    ids=str,
)
def test_whoever_is_not_at_the_right_place_neither_finds_nor_spends_it(
    store: SqlStore, changed: dict[str, Any]
) -> None:
    add(store, ATTEMPT)
    with store.write() as uow:
        assert uow.upstream_attempts.find(b"state", **{**ASKED, **changed}) is None
        assert uow.upstream_attempts.spend(b"state", **{**ASKED, **changed}) is None
        assert uow.upstream_attempts.spend(b"state", **ASKED) is not None


def test_of_many_who_spend_it_at_once_one_does(store: SqlStore) -> None:
    add(store, ATTEMPT)
    barrier = Barrier(6)
    won: list[bool] = []

    def work() -> None:
        barrier.wait(30)
        with store.write() as uow:
            won.append(uow.upstream_attempts.spend(b"state", **ASKED) is not None)

    threads = [Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(won) == [False] * 5 + [True]


def test_those_that_expired_are_pruned(store: SqlStore) -> None:
    add(store, ATTEMPT, replace(ATTEMPT, digest=b"later", expires_at=NOW + 901))
    with store.write() as uow:
        assert pruned(uow, upstream_attempts, lambda: uow.upstream_attempts.prune(NOW + 901, limit=10)) == 1
        assert pruned(uow, upstream_attempts, lambda: uow.upstream_attempts.prune(NOW + 902, limit=10)) == 1


def test_sessions_that_began_through_a_house_end_with_what_came_of_them(store: SqlStore) -> None:
    identity = Identity(
        id="i1",
        user_id="u1",
        provider="corp",
        issuer="https://a",
        subject="1",
        created_at=NOW,
        last_used_at=NOW,
    )
    with store.write() as uow:
        for user_id in ("u1", "u2"):
            uow.users.add(sample_user(user_id))
        uow.identities.add(identity)
        uow.identities.add(replace(identity, id="i2", user_id="u2", subject="2"))
        for name, user_id, which, sid in (
            ("s1", "u1", "i1", "x"),
            ("s2", "u1", "i1", "y"),
            ("s3", "u2", "i2", "x"),
            ("s4", "u1", None, None),
        ):
            uow.sessions.add(replace(sample_session(name, user_id), identity_id=which, upstream_sid=sid))
        uow.sessions.add(replace(sample_session("g1"), parent_id="s1"))
    with store.write() as uow:

        def end(issuer: str, subject: str | None, sid: str | None) -> list[str]:
            return [
                live.session.id for live in uow.sessions.end_through(issuer, NOW, subject=subject, sid=sid)
            ]

        assert end("https://b", "1", None) == []
        assert end("https://a", None, None) == []
        assert end("https://a", "1\0", None) == []
        assert end("https://a", "1", "x") == ["s1"]
        live = uow.sessions.with_user("g1")
        assert live is not None
        assert live.session.ended_at == NOW
        assert end("https://a", None, "x") == ["s3"]
        assert end("https://a", "1", None) == ["s2"]
        live = uow.sessions.with_user("s4")
        assert live is not None
        assert live.session.ended_at is None


def test_what_began_with_an_identity_ends_save_the_one_that_asks(store: SqlStore) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        for session_id, identity_id in (("s1", "i1"), ("s2", "i1"), ("s3", "i2"), ("s4", None)):
            uow.sessions.add(replace(sample_session(), id=session_id, identity_id=identity_id))
        uow.sessions.add(replace(sample_session(), id="g1", parent_id="s2"))
        assert list(uow.sessions.end_begun_with("i1\0", NOW, but="s1")) == []
        assert list(uow.sessions.end_begun_with("i1", NOW, but="s1")) == ["s2"]
        assert list(uow.sessions.end_begun_with("i1", NOW, but="s1")) == []
        found = {one: uow.sessions.with_user(one) for one in ("s1", "s2", "s3", "s4", "g1")}
        assert [one for one, live in found.items() if live and live.session.ended_at == NOW] == ["s2", "g1"]


def test_who_proves_anew_through_a_house_has_a_session_of_that_house(store: SqlStore) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        uow.sessions.add(replace(sample_session(), cookie_digest=b"old"))
        live = uow.sessions.reauthenticate(
            "s1", old=b"old", new=b"new", methods=("fed",), now=NOW + 9, idle=60, through=("i1", "x", NOW + 5)
        )
        assert live is not None
        session = live.session
        assert (session.identity_id, session.upstream_sid, session.authenticated_at) == ("i1", "x", NOW + 5)
        assert uow.users.is_enabled("u1")
        assert not uow.users.is_enabled("u2")
        uow.users.disable("u1", NOW)
        assert not uow.users.is_enabled("u1")
