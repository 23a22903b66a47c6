"""Temporary and token credentials of OAuth 1.0a, on every database."""

import hashlib

import pytest

from gatepass_server.domain.grants import CodeTerms, Terms
from gatepass_server.domain.oauth1 import TemporaryCredentials, TokenCredentials
from gatepass_server.store.sql import SqlStore
from gatepass_server.store.sql.tables_oauth1 import temporary_credentials
from tests.support.pruning import pruned
from tests.support.samples import NOW, sample_session, sample_user

TERMS = CodeTerms(scope="openid profile", terms=Terms(audience=("https://api.example.com",)), offline=True)
PROOF = b"verifier"


def temporary(text: str = "t1", *, expires_at: int = NOW + 600) -> TemporaryCredentials:
    return TemporaryCredentials(
        digest=hashlib.sha256(text.encode()).digest(),
        client_id="c1",
        callback="https://printer.example.com/ready",
        created_at=NOW,
        expires_at=expires_at,
    )


ONE = temporary()


@pytest.fixture
def waiting(store: SqlStore) -> SqlStore:
    with store.write() as uow:
        uow.users.add(sample_user())
        uow.sessions.add(sample_session())
        uow.oauth1.add_temporary(ONE)
    return store


def approve(store: SqlStore, now: int = NOW) -> bool:
    with store.write() as uow:
        return uow.oauth1.approve(ONE.digest, session_id="s1", verifier=PROOF, terms=TERMS, now=now)


def consume(store: SqlStore, verifier: bytes = PROOF, now: int = NOW) -> bool:
    with store.write() as uow:
        return uow.oauth1.consume(ONE.digest, verifier=verifier, most_misses=2, now=now).told()


def test_they_are_found_with_what_was_approved(waiting: SqlStore) -> None:
    with waiting.read() as uow:
        assert uow.oauth1.temporary(ONE.digest) == ONE
        assert uow.oauth1.temporary(b"another") is None
    assert approve(waiting)
    with waiting.read() as uow:
        found = uow.oauth1.temporary(ONE.digest)
    assert found is not None
    assert (found.session_id, found.verifier, found.terms) == ("s1", PROOF, TERMS)


def test_they_are_approved_once_and_in_time(waiting: SqlStore) -> None:
    assert not approve(waiting, now=NOW + 600)
    assert approve(waiting)
    assert not approve(waiting)


def test_they_are_exchanged_once_with_their_verifier_and_in_time(waiting: SqlStore) -> None:
    assert not consume(waiting), "nobody approved them"
    assert approve(waiting)
    assert not consume(waiting, b"another")
    assert not consume(waiting, now=NOW + 600)
    assert consume(waiting)
    assert not consume(waiting)


def test_what_was_refused_is_neither_approved_nor_exchanged(waiting: SqlStore) -> None:
    with waiting.write() as uow:
        assert uow.oauth1.withdraw(ONE.digest, now=NOW)
        assert not uow.oauth1.withdraw(ONE.digest, now=NOW)
    assert not approve(waiting)
    assert not consume(waiting)


def test_what_was_approved_is_not_refused_any_more(waiting: SqlStore) -> None:
    assert approve(waiting)
    with waiting.write() as uow:
        assert not uow.oauth1.withdraw(ONE.digest, now=NOW)
    assert consume(waiting)


def test_wrong_verifiers_use_them_up(waiting: SqlStore) -> None:
    assert approve(waiting)
    with waiting.write() as uow:
        assert [uow.oauth1.miss(ONE.digest) for _ in range(2)] == [1, 2]
        assert uow.oauth1.miss(b"another") == 0
    assert not consume(waiting)


def test_old_ones_are_cleared_away(waiting: SqlStore) -> None:
    with waiting.write() as uow:
        for number in range(3):
            uow.oauth1.add_temporary(temporary(f"old{number}", expires_at=NOW - 1))
        assert pruned(uow, temporary_credentials, lambda: uow.oauth1.prune_temporary(NOW, limit=2)) == 2
        assert pruned(uow, temporary_credentials, lambda: uow.oauth1.prune_temporary(NOW, limit=2)) == 1
        assert uow.oauth1.temporary(ONE.digest) == ONE


def test_token_credentials_are_found_with_their_grant_and_go_with_it(waiting: SqlStore) -> None:
    token = TokenCredentials(digest=b"token", session_id="s1", client_id="c1", created_at=NOW)
    with waiting.write() as uow:
        uow.oauth1.add_token(token)
        found = uow.oauth1.token(b"token")
        assert found is not None
        assert (found.token, found.live.session.id, found.live.user.id) == (token, "s1", "u1")
        assert uow.oauth1.token(b"another") is None
        uow.sessions.end("s1", NOW)
        ended = uow.oauth1.token(b"token")
        assert ended is not None
        assert ended.live.session.ended_at == NOW


def test_an_approval_is_taken_back_by_its_person_from_its_program(waiting: SqlStore) -> None:
    with waiting.write() as uow:
        assert uow.oauth1.take_back("u1", "c1", now=NOW) == 0, "nobody approved them"
    assert approve(waiting)
    with waiting.write() as uow:
        assert uow.oauth1.take_back("u2", "c1", now=NOW) == 0
        assert uow.oauth1.take_back("u1", "c2", now=NOW) == 0
        assert uow.oauth1.take_back("u1", "c\0", now=NOW) == 0
        assert uow.oauth1.take_back("u1", "c1", now=NOW) == 1
    assert not consume(waiting)
