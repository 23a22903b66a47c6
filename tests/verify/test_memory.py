"""Remembered tokens: the signature is not computed again, every other rule still is."""

import tracemalloc
from collections.abc import Callable

import pytest

from gatepass import (
    ExpiredTokenError,
    InsufficientScopeError,
    Key,
    NotYetValidError,
    UnknownKeyError,
    Verifier,
    jose,
)
from gatepass.sources import NamedKeys
from tests.support.clock import FakeClock
from tests.verify import forge

Mint = Callable[..., str]


class Ring:
    """A source whose keys change."""

    def __init__(self, *keys: Key) -> None:
        self.keys = keys

    def find(self, kid: str | None, alg: str) -> list[Key]:
        return list(NamedKeys(self.keys).find(kid, alg))


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each signature that was computed."""
    computed: list[str] = []
    original = jose.find_signer

    def counting(unproven: jose.Unproven, keys: list[Key]) -> Key:
        computed.append(unproven.alg)
        return original(unproven, keys)

    monkeypatch.setattr(jose, "find_signer", counting)
    return computed


@pytest.fixture
def ring(key: Key) -> Ring:
    return Ring(key)


@pytest.fixture
def remembering(ring: Ring, clock: FakeClock) -> Verifier:
    return Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=ring, clock=clock, cache_size=3)


def test_the_signature_of_a_repeated_token_is_computed_once(
    remembering: Verifier, mint: Mint, signatures: list[str]
) -> None:
    token = mint()
    assert {remembering.verify(token) for _ in range(5)} == {remembering.verify(token)}
    assert len(signatures) == 1


def test_a_verifier_that_remembers_nothing_computes_every_signature(
    verifier: Verifier, mint: Mint, signatures: list[str]
) -> None:
    token = mint()
    for _ in range(5):
        verifier.verify(token)
    assert len(signatures) == 5


def test_a_remembered_token_still_expires(remembering: Verifier, mint: Mint, clock: FakeClock) -> None:
    token = mint()
    remembering.verify(token)
    clock.advance(600)
    with pytest.raises(ExpiredTokenError):
        remembering.verify(token)


def test_a_remembered_token_still_has_to_have_begun(
    remembering: Verifier, mint: Mint, clock: FakeClock
) -> None:
    token = mint(nbf=int(clock.now))
    remembering.verify(token)
    clock.advance(-1)
    with pytest.raises(NotYetValidError):
        remembering.verify(token)


def test_a_remembered_token_still_needs_its_scopes(remembering: Verifier, mint: Mint) -> None:
    token = mint(scope="a")
    remembering.verify(token, scopes=["a"])
    with pytest.raises(InsufficientScopeError):
        remembering.verify(token, scopes=["b"])


def test_a_remembered_token_still_needs_its_key(
    remembering: Verifier, ring: Ring, mint: Mint, key: Key
) -> None:
    token = mint()
    remembering.verify(token)
    ring.keys = ()
    with pytest.raises(UnknownKeyError):
        remembering.verify(token)
    ring.keys = (key,)
    remembering.verify(token)


def test_a_key_that_was_restricted_meanwhile_no_longer_counts(clock: FakeClock, rsa_key: Key) -> None:
    ring = Ring(rsa_key)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=ring, clock=clock)
    token = forge.token(rsa_key, forge.good_claims(clock.now))
    verifier.verify(token)
    ring.keys = (rsa_key.restrict(["PS256"]),)
    with pytest.raises(UnknownKeyError):
        verifier.verify(token)


def test_the_oldest_is_forgotten_first(remembering: Verifier, mint: Mint, signatures: list[str]) -> None:
    tokens = [mint(jti=str(number)) for number in range(4)]
    for token in tokens:
        remembering.verify(token)
    signatures.clear()
    for token in tokens[1:]:
        remembering.verify(token)
    assert signatures == []
    remembering.verify(tokens[0])
    assert len(signatures) == 1


def test_a_changed_token_is_another_token(remembering: Verifier, mint: Mint) -> None:
    token = mint()
    remembering.verify(token)
    assert remembering.explain(token[:-6] + "AAAAAA").code == "invalid_signature"
    head, payload, signature = token.split(".")
    other = mint(sub="admin").split(".")[1]
    for changed in (
        f"{head}.{other}.{signature}",
        f"{head}.{payload}.",
        f"{head}.{payload}.{signature}.",
        token + " ",
    ):
        assert remembering.explain(changed).code in {"invalid_signature", "malformed"}


def test_bad_tokens_are_not_remembered(remembering: Verifier, clock: FakeClock, mint: Mint) -> None:
    early = mint(nbf=clock.now + 10)
    with pytest.raises(NotYetValidError):
        remembering.verify(early)
    clock.advance(10)
    remembering.verify(early)


def test_who_recalls_a_token_is_told_of_none_that_was_not_proved(
    remembering: Verifier, verifier: Verifier, mint: Mint, clock: FakeClock
) -> None:
    token = mint()
    assert remembering.recalled(token) is None
    principal = remembering.verify(token)
    assert remembering.recalled(token) is principal
    clock.advance(600)
    assert remembering.recalled(token) is principal, "nothing is judged anew"
    assert [remembering.recalled(other) for other in (token + "A", "\ud800", None, token.encode())] == [
        None
    ] * 4
    verifier.verify(mint())
    assert verifier.recalled(mint()) is None, "it remembers nothing"


def test_memory_stays_bounded(remembering: Verifier, mint: Mint) -> None:
    for number in range(50):
        remembering.verify(mint(jti=str(number)))
    tracemalloc.start()
    before = tracemalloc.take_snapshot()
    for number in range(200):
        remembering.verify(mint(jti=f"more {number}"))
    after = tracemalloc.take_snapshot()
    tracemalloc.stop()
    assert sum(entry.size_diff for entry in after.compare_to(before, "filename")) < 100_000


def test_a_key_that_merely_gained_an_algorithm_still_counts(clock: FakeClock, rsa_key: Key) -> None:
    ring = Ring(rsa_key)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=ring, clock=clock)
    token = forge.token(rsa_key, forge.good_claims(clock.now))
    for key in (rsa_key, rsa_key.restrict(["RS256"]), rsa_key.restrict(["RS256", "RS512"]), rsa_key):
        ring.keys = (key,)
        assert verifier.verify(token).subject == "user-1"
