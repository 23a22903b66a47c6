"""Opaque access tokens in the store."""

import hashlib
from dataclasses import replace

import pytest

from gatepass_server.domain.opaque_tokens import OpaqueToken
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.tables import opaque_tokens
from tests.support.pruning import pruned
from tests.support.samples import NOW, sample_session, sample_user


def sample(text: str = "a1", *, session_id: str = "s1", expires_at: int = NOW + 600) -> OpaqueToken:
    return OpaqueToken(
        digest=hashlib.sha256(text.encode()).digest(),
        session_id=session_id,
        scope="openid profile",
        issued_at=NOW,
        expires_at=expires_at,
    )


@pytest.fixture(autouse=True)
def _owner(store: SqlStore) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        uow.sessions.add(sample_session())


def add(store: SqlStore, *tokens: OpaqueToken) -> None:
    with store.write() as uow:
        for token in tokens:
            uow.opaque_tokens.add(token)


def test_a_token_comes_back_with_its_session_and_its_owner(store: SqlStore) -> None:
    add(store, sample())
    with store.read() as uow:
        found = uow.opaque_tokens.find(sample().digest)
        assert uow.opaque_tokens.find(sample("a2").digest) is None
    assert found is not None
    assert (found.token, found.live.session, found.live.user) == (sample(), sample_session(), sample_user())


def test_those_that_expired_go_a_few_at_a_time_the_oldest_first(store: SqlStore) -> None:
    add(store, *(sample(f"a{age}", expires_at=NOW + 600 - age) for age in range(5)))

    def left() -> list[bool]:
        with store.read() as uow:
            return [uow.opaque_tokens.find(sample(f"a{age}").digest) is not None for age in range(5)]

    with store.write() as uow:
        assert pruned(uow, opaque_tokens, lambda: uow.opaque_tokens.prune(NOW + 596, limit=10)) == 0
        assert pruned(uow, opaque_tokens, lambda: uow.opaque_tokens.prune(NOW + 601, limit=2)) == 2
    assert left() == [True, True, True, False, False]
    with store.write() as uow:
        assert [
            pruned(uow, opaque_tokens, lambda: uow.opaque_tokens.prune(NOW + 600, limit=2)) for _ in range(2)
        ] == [2, 0]
    assert left() == [True, False, False, False, False]


def test_a_session_that_is_deleted_takes_its_tokens_with_it(store: SqlStore) -> None:
    with store.write() as uow:
        uow.sessions.add(replace(sample_session("s2"), idle_expires_at=NOW + 1))
    add(store, sample(), sample("a2", session_id="s2"))
    with store.write() as uow:
        assert uow.sessions.prune(NOW + 2, limit=10) == 1
        assert uow.opaque_tokens.find(sample("a2").digest) is None
        assert uow.opaque_tokens.find(sample().digest) is not None
