"""Sessions leave the database when their time is over, and their refresh tokens with them."""

from dataclasses import replace

import pytest

from gatepass_server.store.ports import Store
from gatepass_server.store.sql import expired_sessions
from tests.support.samples import NOW, sample_session, sample_token, sample_user

END = sample_session().expires_at


@pytest.fixture(autouse=True)
def _owner(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())


def add_session(store: Store, name: str, *, expires_at: int = END, tokens: int = 1) -> None:
    with store.write() as uow:
        uow.sessions.add(replace(sample_session(name), expires_at=expires_at))
        for number in range(tokens):
            uow.refresh_tokens.add(sample_token(f"{name}-{number}", name))
            uow.refresh_tokens.consume(sample_token(f"{name}-{number}").digest, NOW)


def is_known(store: Store, name: str, number: int = 0) -> tuple[bool, bool]:
    """Whether the session, and a spent refresh token of it, are there."""
    with store.read() as uow:
        token = uow.refresh_tokens.spent(sample_token(f"{name}-{number}").digest)
        return uow.sessions.with_user(name) is not None, token is not None


def prune(store: Store, now: int, *, limit: int = 10) -> int:
    with store.write() as uow:
        return uow.sessions.prune(now, limit=limit)


def test_a_session_goes_with_its_refresh_tokens_when_its_time_has_come(store: Store) -> None:
    add_session(store, "old", tokens=3)
    add_session(store, "new", expires_at=END + 1)
    assert prune(store, END - 1) == 0
    assert is_known(store, "old", 2) == (True, True)
    assert prune(store, END) == 1
    assert is_known(store, "old", 2) == (False, False)
    assert is_known(store, "new") == (True, True)


def test_a_session_that_was_ended_stays_until_its_time_so_that_replays_are_recognised(store: Store) -> None:
    add_session(store, "s1")
    with store.write() as uow:
        uow.sessions.end("s1", NOW + 1)
    assert prune(store, END - 1) == 0
    assert is_known(store, "s1") == (True, True)
    assert prune(store, END) == 1


def test_only_so_many_go_at_once_and_the_oldest_first(store: Store) -> None:
    for age in range(5):
        add_session(store, f"s{age}", expires_at=END - age)
    assert prune(store, END, limit=2) == 2
    assert [is_known(store, f"s{age}")[0] for age in range(5)] == [True, True, True, False, False]
    assert [prune(store, END, limit=2) for _ in range(3)] == [2, 1, 0]


def test_a_session_with_very_many_refresh_tokens_goes_piece_by_piece(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expired_sessions, "TOKENS_AT_ONCE", 4)
    add_session(store, "s1", tokens=10)
    assert [prune(store, END) for _ in range(3)] == [0, 0, 1]
    assert not any(is_known(store, "s1", number)[1] for number in range(10))
