"""Refresh tokens: spent once, and remembered as spent."""

from dataclasses import replace

import pytest

from gatepass_server.store.ports import Store
from tests.support.samples import NOW, sample_session, sample_token, sample_user


@pytest.fixture(autouse=True)
def _session(store: Store) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        uow.sessions.add(sample_session())


def test_a_token_is_spent_once(store: Store) -> None:
    token = sample_token(generation=3)
    with store.write() as uow:
        uow.refresh_tokens.add(token)
    with store.write() as uow:
        assert uow.refresh_tokens.consume(token.digest, NOW + 5) == replace(token, consumed_at=NOW + 5)
        assert uow.refresh_tokens.consume(token.digest, NOW + 6) is None
    with store.write() as uow:
        assert uow.refresh_tokens.consume(token.digest, NOW + 7) is None


def test_an_unknown_token_cannot_be_spent(store: Store) -> None:
    with store.write() as uow:
        assert uow.refresh_tokens.consume(b"\x00" * 32, NOW) is None
        assert uow.refresh_tokens.consume(b"", NOW) is None


def test_an_expired_token_is_spent_too(store: Store) -> None:
    token = sample_token()
    with store.write() as uow:
        uow.refresh_tokens.add(token)
        assert uow.refresh_tokens.consume(token.digest, token.expires_at + 1) is not None


def test_only_a_spent_token_is_told_as_spent(store: Store) -> None:
    token = sample_token()
    with store.write() as uow:
        uow.refresh_tokens.add(token)
        assert uow.refresh_tokens.spent(token.digest) is None
        uow.refresh_tokens.consume(token.digest, NOW + 5)
    with store.read() as uow:
        assert uow.refresh_tokens.spent(token.digest) == replace(token, consumed_at=NOW + 5)
        assert uow.refresh_tokens.spent(b"unknown") is None
