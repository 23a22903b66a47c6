"""A verifier that follows revocations, against an issuer with metadata, keys and lists over real HTTP."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gatepass import (
    InvalidClaimsError,
    Key,
    RevokedTokenError,
    StatusPolicy,
    StatusUnavailableError,
    TokenError,
    Verifier,
)
from gatepass.status import StatusFeed
from tests.status.list_server import ListServer, serving
from tests.status.lists import put_to_rest
from tests.support.clock import FakeClock
from tests.verify import forge

DRAFT = "draft-ietf-oauth-status-list-21"

MakeVerifier = Callable[..., Verifier]
Mint = Callable[..., str]


@pytest.fixture
def server(key: Key) -> Iterator[ListServer]:
    with serving(key) as server:
        yield server


@pytest.fixture
def make_verifier(server: ListServer) -> Iterator[MakeVerifier]:
    """``make_verifier(...)``: a verifier with these options, that finds everything by the issuer's address."""
    made: list[Verifier] = []

    def make(**options: Any) -> Verifier:
        made.append(Verifier(server.url, audience=forge.AUDIENCE, **options))
        return made[-1]

    yield make
    put_to_rest(*(feed for verifier in made if isinstance(feed := verifier._status, StatusFeed)))


@pytest.fixture
def mint(server: ListServer, key: Key) -> Mint:
    """``mint(index, exp=0, ...)``: a token with a place in the first list, and changes to its claims."""

    def make(index: int, **changes: Any) -> str:
        status = {"status_list": {"idx": index, "uri": f"{server.url}/status-lists/1"}}
        claims = {"iss": server.url, "jti": str(index), "status": status, **changes}
        return forge.token(key, forge.good_claims(time.time(), **claims))

    return make


def outcome(verifier: Verifier, token: str) -> str:
    try:
        return verifier.verify(token).subject
    except TokenError as error:
        return error.code


@pytest.mark.parametrize("cache_size", [0, 1024])
def test_a_revoked_token_is_refused_within_the_ttl_and_thousands_of_calls_make_few_fetches(
    make_verifier: MakeVerifier, server: ListServer, mint: Mint, cache_size: int
) -> None:
    verifier = make_verifier(cache_size=cache_size)
    good, bad = mint(6), mint(7)
    calls = 0
    end = time.monotonic() + 1
    while time.monotonic() < end:
        assert outcome(verifier, good) == outcome(verifier, bad) == "user-1"
        calls += 2
    server.statuses = {7: 1}
    revoked = time.monotonic()
    while outcome(verifier, bad) == "user-1":
        assert time.monotonic() - revoked < 1.25, "its ttl is a second; the rest is left to a busy machine"
        calls += 1
    assert outcome(verifier, good) == "user-1"
    assert calls > 1000
    assert len(server.requests) <= 6


def test_an_issuer_that_is_found_by_its_address_is_followed_without_being_told(
    make_verifier: MakeVerifier, server: ListServer, mint: Mint
) -> None:
    server.statuses = {7: 1}
    verifier = make_verifier()
    with pytest.raises(RevokedTokenError):
        verifier.verify(mint(7))
    assert verifier.verify(mint(6)).subject == "user-1"
    assert verifier.verify(mint(0, status=...)).subject == "user-1"


def test_whoever_says_so_follows_nothing(make_verifier: MakeVerifier, server: ListServer, mint: Mint) -> None:
    server.statuses = {7: 1}
    assert make_verifier(status=None).verify(mint(7)).subject == "user-1"
    assert server.requests == []


def test_a_verifier_with_keys_of_its_own_follows_when_it_is_given_a_policy(
    server: ListServer, mint: Mint, key: Key
) -> None:
    server.statuses = {7: 1}
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk()]}, issuer=server.url, audience=forge.AUDIENCE, status=StatusPolicy()
    )
    assert outcome(verifier, mint(7)) == "revoked"
    assert isinstance(verifier._status, StatusFeed)
    put_to_rest(verifier._status)


@pytest.mark.compliance(DRAFT, "8.3", "the token itself is validated first, and only then its status")
@pytest.mark.parametrize(
    "changes", [{"exp": 1}, {"aud": "other"}, {"iss": "https://other.example.com"}], ids=str
)
def test_for_a_token_that_is_refused_anyway_no_list_is_fetched(
    make_verifier: MakeVerifier, server: ListServer, mint: Mint, changes: dict[str, Any]
) -> None:
    assert outcome(make_verifier(), mint(7, **changes)) in {"expired", "wrong_audience", "wrong_issuer"}
    assert server.requests == []


def test_strangers_cannot_make_a_verifier_ask_for_a_list(
    make_verifier: MakeVerifier, server: ListServer, mint: Mint
) -> None:
    head, payload, signature = mint(7).split(".")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    assert outcome(make_verifier(), f"{head}.{payload}.{flipped}") == "invalid_signature"
    assert server.requests == []


def test_a_token_that_expired_is_expired_whatever_its_status(
    make_verifier: MakeVerifier, server: ListServer, mint: Mint
) -> None:
    clock = FakeClock(time.time())
    verifier = make_verifier(clock=clock)
    token = mint(7)
    assert outcome(verifier, token) == "user-1"
    server.statuses = {7: 1}
    clock.advance(601)
    assert outcome(verifier, token) == "expired"


def test_a_policy_may_demand_that_tokens_can_be_revoked(make_verifier: MakeVerifier, mint: Mint) -> None:
    verifier = make_verifier(status=StatusPolicy(required=True))
    assert verifier.verify(mint(6)).subject == "user-1"
    with pytest.raises(InvalidClaimsError):
        verifier.verify(mint(6, status=...))


def test_without_a_list_a_token_is_refused_with_word_of_when_to_come_back(
    make_verifier: MakeVerifier, server: ListServer, mint: Mint
) -> None:
    server.page = server.fail
    verifier = make_verifier()
    token = mint(6)
    with pytest.raises(StatusUnavailableError) as caught:
        verifier.verify(token)
    assert caught.value.retry_after == 1
    assert "500" in caught.value.reason
    server.page = None
    end = time.monotonic() + 5
    while outcome(verifier, token) != "user-1":
        assert time.monotonic() < end
        time.sleep(0.01)


def test_in_an_outage_of_everything_tokens_go_on_being_verified_and_revoked_ones_refused(
    make_verifier: MakeVerifier, server: ListServer, mint: Mint
) -> None:
    server.statuses = {7: 1}
    verifier = make_verifier()
    assert (outcome(verifier, mint(6)), outcome(verifier, mint(7))) == ("user-1", "revoked")
    server.kill()
    try:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            assert (outcome(verifier, mint(6)), outcome(verifier, mint(7))) == ("user-1", "revoked")
    finally:
        server.start()


def test_the_event_loop_goes_on_while_a_list_is_fetched(
    make_verifier: MakeVerifier, server: ListServer, mint: Mint
) -> None:
    server.page = server.hang
    verifier = make_verifier(status=StatusPolicy(timeout=0.5))

    async def main() -> float:
        tasks = [asyncio.create_task(verifier.averify(mint(number))) for number in range(20)]
        longest = 0.0
        while not all(task.done() for task in tasks):
            began = time.monotonic()
            await asyncio.sleep(0.001)
            longest = max(longest, time.monotonic() - began)
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert {getattr(outcome, "code", "") for outcome in outcomes} == {"status_unavailable"}
        return longest

    assert asyncio.run(main()) < 0.3
    server.page = None


def test_a_reason_names_the_list_and_never_the_token(
    make_verifier: MakeVerifier, server: ListServer, mint: Mint, caplog: pytest.LogCaptureFixture
) -> None:
    server.statuses = {7: 1}
    token = mint(7)
    with pytest.raises(RevokedTokenError) as caught:
        make_verifier().verify(token)
    told = json.dumps([str(caught.value), repr(caught.value), caught.value.reason, caplog.text])
    assert f"{server.url}/status-lists/1" in caught.value.reason
    assert server.url not in str(caught.value)
    for segment in token.split("."):
        assert segment not in told
