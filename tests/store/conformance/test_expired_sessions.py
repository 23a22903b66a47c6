"""Sessions leave the database some time after they came to an end, and their refresh tokens with them."""

from dataclasses import replace

import pytest

from gatepass_server.store.ports import Store
from tests.support.samples import NOW, sample_family, sample_session, sample_user

END = sample_session().idle_expires_at


@pytest.fixture(autouse=True)
def _owner(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())


def add_session(store: Store, name: str, *, end: int = END) -> None:
    with store.write() as uow:
        uow.sessions.add(replace(sample_session(name), idle_expires_at=end))
        uow.refresh_tokens.add(sample_family(name, name))


def is_known(store: Store, name: str) -> tuple[bool, bool]:
    """Whether the session, and its refresh tokens, are there."""
    with store.read() as uow:
        family = uow.refresh_tokens.find(sample_family(name).family)
        return uow.sessions.with_user(name) is not None, family is not None


def prune(store: Store, before: int, *, limit: int = 10) -> int:
    with store.write() as uow:
        return uow.sessions.prune(before, limit=limit)


def test_a_session_goes_with_its_refresh_tokens_when_its_end_is_long_enough_ago(store: Store) -> None:
    add_session(store, "old")
    add_session(store, "new", end=END + 1)
    assert prune(store, END) == 0
    assert is_known(store, "old") == (True, True)
    assert prune(store, END + 1) == 1
    assert is_known(store, "old") == (False, False)
    assert is_known(store, "new") == (True, True)


def test_a_session_that_was_ended_goes_as_soon_as_one_that_ended_then_by_itself(store: Store) -> None:
    add_session(store, "s1")
    with store.write() as uow:
        uow.sessions.end("s1", NOW + 1)
    assert prune(store, NOW + 1) == 0
    assert prune(store, NOW + 2) == 1


def test_only_so_many_go_at_once_and_the_oldest_first(store: Store) -> None:
    for age in range(5):
        add_session(store, f"s{age}", end=END - age)
    assert prune(store, END + 1, limit=2) == 2
    assert [is_known(store, f"s{age}")[0] for age in range(5)] == [True, True, True, False, False]
    assert [prune(store, END + 1, limit=2) for _ in range(3)] == [2, 1, 0]
