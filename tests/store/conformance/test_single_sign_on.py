"""What single sign-on keeps: codes, flows, pushed requests, consents, spent identifiers, programs' own grants."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.domain.flows import Flow, Steps
from gatepass_server.domain.grants import AuthorizationCode, CodeTerms, Consent, PushedRequest, Terms
from gatepass_server.domain.opaque_tokens import ClientGrant, ClientToken
from gatepass_server.domain.sessions import StatusIndex
from gatepass_server.store.sql import SqlStore, tables
from tests.support.pruning import pruned
from tests.support.samples import NOW, sample_family, sample_session, sample_user

TERMS = Terms(audience=("https://api.example.com",), jkt="thumbprint", claims='{"userinfo":{}}')
METADATA = ClientMetadata(redirect_uris=("https://app.example.com/cb",), scope="openid", names={"zh": "维基"})


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def sample_code(text: str = "c1", *, session_id: str = "s1", expires_at: int = NOW + 60) -> AuthorizationCode:
    terms = CodeTerms(scope="openid", redirect_uri="https://app.example.com/cb", nonce="n", terms=TERMS)
    return AuthorizationCode(
        digest=digest(text),
        client_id="app",
        session_id=session_id,
        terms=terms,
        created_at=NOW,
        expires_at=expires_at,
    )


def sample_flow(text: str = "f1", *, expires_at: int = NOW + 60) -> Flow:
    return Flow(
        digest=digest(text),
        client_id="app",
        parameters={"scope": "openid", "state": "\u5f20 \U0001f600"},
        steps=Steps(),
        created_at=NOW,
        expires_at=expires_at,
    )


def sample_pushed(text: str = "p1", *, expires_at: int = NOW + 60) -> PushedRequest:
    return PushedRequest(
        digest=digest(text),
        client_id="app",
        parameters={"scope": "openid"},
        created_at=NOW,
        expires_at=expires_at,
    )


def sample_grant(grant_id: str = "g1", *, expires_at: int = NOW + 60, index: int = 7) -> ClientGrant:
    return ClientGrant(
        id=grant_id,
        client_id="app",
        status=StatusIndex(3, index),
        created_at=NOW,
        expires_at=expires_at,
    )


@pytest.fixture(autouse=True)
def _owner(store: SqlStore) -> None:
    with store.write() as uow:
        uow.users.add(sample_user())
        uow.sessions.add(sample_session())


def race(url: str, count: int, act: Callable[[SqlStore], bool]) -> int:
    """How many of ``count`` threads, each with connections of its own, could do it."""
    barrier = threading.Barrier(count, timeout=60)
    won: list[bool] = []

    def run() -> None:
        store = SqlStore(url)
        barrier.wait()
        won.append(act(store))
        store.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == count
    return sum(won)


def test_a_program_comes_back_with_what_it_was_registered_with(store: SqlStore) -> None:
    client = Client(id="app", name="Wiki", created_at=NOW, metadata=METADATA, access_digest=b"access")
    with store.write() as uow:
        uow.clients.add(client)
    renamed = replace(client, name="Wiki 2", secret_digest=b"secret", access_digest=None)
    with store.write() as uow:
        assert uow.clients.by_id("app") == client
        assert uow.clients.replace(renamed)
        assert not uow.clients.replace(replace(renamed, id="other"))
    with store.read() as uow:
        assert uow.clients.all() == [renamed]


def test_a_forgotten_program_leaves_no_consent_behind(store: SqlStore) -> None:
    with store.write() as uow:
        uow.clients.add(Client(id="app", name="Wiki", created_at=NOW))
        uow.consents.allow(Consent(user_id="u1", client_id="app", scope="openid", granted_at=NOW))
        assert uow.clients.delete("app")
        assert uow.consents.of_user("u1") == []


def test_a_code_comes_back_until_long_after_it_was_spent(store: SqlStore) -> None:
    with store.write() as uow:
        uow.codes.add(sample_code())
    with store.write() as uow:
        assert uow.codes.find(digest("c1")) == sample_code()
        assert uow.codes.find(digest("c2")) is None
        assert not uow.codes.consume(digest("c1"), now=NOW + 60, became="g").told(), "it has expired by then"
        assert uow.codes.consume(digest("c1"), now=NOW + 59, became="g").told()
        assert not uow.codes.consume(digest("c1"), now=NOW + 59, became="h").told()
    with store.read() as uow:
        assert uow.codes.find(digest("c1")) == replace(sample_code(), consumed_at=NOW + 59, became="g")


def test_a_code_comes_with_its_sign_in(store: SqlStore) -> None:
    with store.write() as uow:
        uow.codes.add(sample_code())
    with store.look() as uow:
        found = uow.codes.with_session(digest("c1"))
    with store.read() as uow:
        assert found is not None
        assert found.code == sample_code()
        assert found.signed_in == uow.sessions.with_user(sample_code().session_id)
        assert uow.codes.with_session(digest("c2")) is None


def test_a_code_is_taken_back_by_its_person_from_its_program(store: SqlStore) -> None:
    with store.write() as uow:
        uow.codes.add(sample_code())
        of = sample_code().client_id
        assert uow.codes.take_back("u2", of, now=NOW) == 0
        assert uow.codes.take_back("u1", "another", now=NOW) == 0
        assert uow.codes.take_back("u1", of, now=NOW) == 1
        assert uow.codes.take_back("u1", of, now=NOW) == 0
        assert not uow.codes.consume(digest("c1"), now=NOW, became="g").told()


def test_one_of_twenty_racing_callers_spends_a_code(store: SqlStore, ready_database_url: str) -> None:
    with store.write() as uow:
        uow.codes.add(sample_code())

    def spend(own: SqlStore) -> bool:
        with own.write() as uow:
            return uow.codes.consume(digest("c1"), now=NOW, became="g").told()

    assert race(ready_database_url, 20, spend) == 1


@pytest.mark.usefixtures("store")
def test_one_of_twenty_racing_callers_spends_an_identifier(ready_database_url: str) -> None:
    def spend(own: SqlStore) -> bool:
        with own.write() as uow:
            return uow.spent_identifiers.spend(digest("jti"), expires_at=NOW + 60, now=NOW)

    assert race(ready_database_url, 20, spend) == 1


def test_an_identifier_is_forgotten_when_it_could_not_be_presented_any_more(store: SqlStore) -> None:
    with store.write() as uow:
        assert uow.spent_identifiers.spend(digest("old"), expires_at=NOW + 60, now=NOW)
        assert not uow.spent_identifiers.spend(digest("old"), expires_at=NOW + 60, now=NOW + 60)
        assert uow.spent_identifiers.spend(digest("new"), expires_at=NOW + 99, now=NOW + 61)
        assert uow.spent_identifiers.spend(digest("old"), expires_at=NOW + 99, now=NOW + 61)


def test_a_flow_remembers_what_was_done_for_it_and_ends_once(store: SqlStore) -> None:
    done = Steps(authenticated="s1", consented="s1")
    with store.write() as uow:
        uow.flows.add(sample_flow())
        assert uow.flows.note(digest("f1"), done)
        assert not uow.flows.note(digest("f2"), done)
    with store.write() as uow:
        assert uow.flows.find(digest("f1")) == replace(sample_flow(), steps=done)
        assert uow.flows.finish(digest("f1"), now=NOW)
        assert not uow.flows.finish(digest("f1"), now=NOW)
        assert not uow.flows.note(digest("f1"), Steps())


def test_a_pushed_request_is_spent_once(store: SqlStore) -> None:
    with store.write() as uow:
        uow.pushed_requests.add(sample_pushed())
    with store.write() as uow:
        assert uow.pushed_requests.find(digest("p1")) == sample_pushed()
        assert uow.pushed_requests.consume(digest("p1"), now=NOW)
        assert not uow.pushed_requests.consume(digest("p1"), now=NOW)
    with store.read() as uow:
        assert uow.pushed_requests.find(digest("p1")) == replace(sample_pushed(), consumed_at=NOW)


def test_a_consent_takes_the_place_of_the_one_before(store: SqlStore) -> None:
    first = Consent(user_id="u1", client_id="app", scope="openid", granted_at=NOW)
    later = Consent(user_id="u1", client_id="app", scope="openid email", granted_at=NOW + 1)
    other = Consent(user_id="u1", client_id="zzz", scope="openid", granted_at=NOW + 2)
    with store.write() as uow:
        for consent in (first, later, other):
            uow.consents.allow(consent)
        assert uow.consents.find("u1", "app") == later
        assert uow.consents.find("u2", "app") is None
        assert uow.consents.of_user("u1") == [other, later]
        assert uow.consents.take_back("u1", "app")
        assert not uow.consents.take_back("u1", "app")


def test_what_a_program_has_for_itself_is_found_by_its_place_and_by_its_tokens(store: SqlStore) -> None:
    token = ClientToken(
        digest=digest("t"), grant_id="g1", scope="a b", issued_at=NOW, expires_at=NOW + 9, terms=TERMS
    )
    later = sample_grant("g2", expires_at=NOW + 90, index=8)
    with store.write() as uow:
        uow.client_grants.add(sample_grant())
        uow.client_grants.add(later)
        uow.client_grants.add_token(token)
    with store.write() as uow:
        assert uow.client_grants.latest("app", now=NOW) == later
        assert uow.client_grants.at(StatusIndex(3, 7)) == sample_grant()
        assert uow.client_grants.at(StatusIndex(3, 9)) is None
        found = uow.client_grants.find_token(digest("t"))
        assert found is not None
        assert (found.token, found.grant) == (token, sample_grant())
        assert uow.client_grants.end_all_of("app", NOW + 1) == 2
        assert uow.client_grants.latest("app", now=NOW) is None
    with store.read() as uow:
        assert sorted(uow.status_lists.ended(3, since=None)) == [7, 8]
        assert list(uow.status_lists.ended(3, since=NOW + 2)) == []


def test_a_sign_in_takes_its_grants_with_it_but_for_those_that_are_to_outlive_it(store: SqlStore) -> None:
    grant = replace(sample_session("grant"), client_id="app", parent_id="s1", terms=TERMS)
    with store.write() as uow:
        uow.sessions.add(grant)
        uow.sessions.add(replace(grant, id="offline", offline=True))
        uow.sessions.add(sample_session("neighbour"))
        assert uow.sessions.end("s1", NOW)
        assert not uow.sessions.end("s1", NOW)

    def is_live(session_id: str) -> bool:
        with store.read() as uow:
            found = uow.sessions.with_user(session_id)
        assert found is not None
        return found.session.is_live(NOW)

    assert [is_live(name) for name in ("s1", "grant", "offline", "neighbour")] == [False, False, True, True]


def test_a_grant_that_is_made_while_its_sign_in_ends_ends_with_it(
    store: SqlStore, ready_database_url: str
) -> None:
    waiting = threading.Event()

    def sign_out() -> None:
        own = SqlStore(ready_database_url)
        waiting.set()
        with own.write() as uow:
            uow.sessions.end("s1", NOW)
        own.close()

    thread = threading.Thread(target=sign_out)
    with store.write() as uow:
        assert uow.sessions.prolong("s1", now=NOW, idle=60).told()
        thread.start()
        waiting.wait(10)
        thread.join(0.2)  # it cannot end before this transaction does, however long it is given
        assert thread.is_alive()
        uow.sessions.add(replace(sample_session("grant"), client_id="app", parent_id="s1"))
    thread.join(10)
    with store.read() as uow:
        found = uow.sessions.with_user("grant")
    assert found is not None
    assert not found.session.is_live(NOW)


def test_a_grant_is_found_again_if_it_is_the_same_and_cannot_be_refreshed(store: SqlStore) -> None:
    grant = replace(sample_session("grant"), client_id="app", parent_id="s1", scope="openid", terms=TERMS)
    with store.write() as uow:
        uow.sessions.add(grant)

        def found(scope: str = "openid", terms: Terms = TERMS, parent: str = "s1") -> bool:
            return uow.sessions.grant(parent, "app", scope=scope, terms=terms, now=NOW) == grant

        assert found()
        assert not found(scope="openid email")
        assert not found(terms=Terms())
        assert not found(parent="s2")
        uow.refresh_tokens.add(sample_family(session_id="grant"))
        assert not found()


@pytest.mark.parametrize("room", ["codes", "flows", "pushed_requests"])
def test_what_has_expired_goes_a_few_at_a_time(store: SqlStore, room: str) -> None:
    samples: dict[str, Any] = {"codes": sample_code, "flows": sample_flow, "pushed_requests": sample_pushed}
    make = samples[room]
    with store.write() as uow:
        rows = getattr(uow, room)
        for age in range(5):
            rows.add(make(f"x{age}", expires_at=NOW + 60 - age))
        table = getattr(tables, room)
        assert pruned(uow, table, lambda: rows.prune(NOW + 56, limit=10)) == 0
        assert [pruned(uow, table, lambda: rows.prune(NOW + 60, limit=3)) for _ in range(3)] == [3, 1, 0]
        assert rows.find(digest("x0")) is not None
