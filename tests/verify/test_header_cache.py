"""Attacks on the memory of header segments that passed their checks: recognised byte for byte, or judged again."""

import gc
import json
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest

from gatepass import Key
from tests.advisories.judging import Ring, on, pinned, refused, verifier_of
from tests.support.clock import FakeClock
from tests.verify import forge


@pytest.mark.advisory("header memory")
@pytest.mark.parametrize("cache_size", [0, 1024])
def test_a_header_that_is_only_spelled_alike_is_not_taken_for_a_known_one(
    key: Key, clock: FakeClock, cache_size: int
) -> None:
    verifier = verifier_of(key, clock=clock, cache_size=cache_size)
    header = forge.header_for(key)
    good = forge.token(key, forge.good_claims(clock.now))
    verifier.verify(good)
    head, payload, signature = good.split(".")
    spellings: list[bytes] = [
        json.dumps(header).encode(),
        json.dumps(header, indent=1).encode(),
        json.dumps(dict(reversed(header.items()))).encode(),
        json.dumps({**header, "x": 1}).encode(),
        json.dumps(header).replace("alg", "\\u0061lg").encode(),
        json.dumps(header).replace("at+jwt", "AT+JWT").encode(),
    ]
    for spelling in spellings:
        other = forge.segment(spelling).decode()
        assert other != head
        assert refused(verifier, f"{other}.{payload}.{signature}") == "invalid_signature"
        verifier.verify(forge.token(key, forge.good_claims(clock.now), spelling))
    for other in (head + "=", head + "==", head[:-1], head + "A", head.swapcase(), head + "\n", " " + head):
        assert refused(verifier, f"{other}.{payload}.{signature}") in {"malformed", "invalid_signature"}


@pytest.mark.advisory("header memory")
def test_a_known_header_makes_no_other_payload_and_no_other_signature_good(
    key: Key, other_key: Key, clock: FakeClock
) -> None:
    verifier = verifier_of(key, clock=clock)
    tokens = [forge.token(key, forge.good_claims(clock.now, sub=f"user-{number}")) for number in range(3)]
    for token in tokens:
        verifier.verify(token)
    head = tokens[0].split(".")[0]
    assert {token.split(".")[0] for token in tokens} == {head}
    forged = forge.token(other_key, forge.good_claims(clock.now), forge.header_for(key))
    assert forged.split(".")[0] == head
    assert refused(verifier, forged) == "invalid_signature"
    for first in tokens:
        for second in tokens:
            if first != second:
                mixed = f"{first.rpartition('.')[0]}.{second.rpartition('.')[2]}"
                assert refused(verifier, mixed) == "invalid_signature"
    for payload in ("", "e30", "W10", "bnVsbA", tokens[0].split(".")[1] + "A"):
        assert refused(verifier, f"{head}.{payload}.{tokens[0].split('.')[2]}") == "invalid_signature"
    for wrong, code in (
        ({"exp": 0}, "expired"),
        ({"iss": "x"}, "wrong_issuer"),
        ({"aud": "x"}, "wrong_audience"),
    ):
        token = forge.token(key, forge.good_claims(clock.now, **wrong))
        assert token.split(".")[0] == head
        assert refused(verifier, token) == refused(verifier, token) == code


@pytest.mark.advisory("header memory")
def test_a_header_that_one_verifier_knows_means_nothing_to_another(rsa_key: Key, clock: FakeClock) -> None:
    claims = forge.good_claims(clock.now)
    lax = pinned(rsa_key, clock=clock, types=None)
    strict = pinned(rsa_key, clock=clock)
    narrow = pinned(rsa_key, clock=clock, algorithms=["PS256"])
    for header, verdicts in (
        ({"typ": "JWT"}, ("", "wrong_type", "unsupported_algorithm")),
        ({"typ": ...}, ("", "wrong_type", "unsupported_algorithm")),
        ({}, ("", "", "unsupported_algorithm")),
        ({"alg": "PS256"}, ("", "", "")),
    ):
        used = header.get("alg", "RS256")
        token = forge.token(rsa_key, claims, forge.header_for(rsa_key, **header), alg=str(used))
        for _ in range(2):
            for verifier, code in zip((lax, strict, narrow), verdicts, strict=True):
                if code:
                    assert refused(verifier, token) == code
                else:
                    verifier.verify(token)


@pytest.mark.advisory("header memory")
def test_a_header_whose_key_was_withdrawn_is_refused(key: Key, other_key: Key, clock: FakeClock) -> None:
    ring = Ring(key)
    verifier = on(ring, clock)
    claims = [forge.good_claims(clock.now, jti=str(number)) for number in range(4)]
    remembered = forge.token(key, claims[0])
    verifier.verify(remembered)
    ring.keys = ()
    assert refused(verifier, forge.token(key, claims[1])) == "unknown_key"
    # Another key under the name of the withdrawn one: the name is known, the key is not.
    ring.keys = (other_key.named(key.kid),)
    assert refused(verifier, forge.token(key, claims[2])) == "invalid_signature"
    verifier.verify(forge.token(other_key, claims[3], forge.header_for(key)))
    assert refused(verifier, remembered) == "invalid_signature"
    # And when it comes back, so do its tokens.
    ring.keys = (key,)
    verifier.verify(remembered)


class Careless(Ring):
    """A source that hands out all its keys, whatever is asked for."""

    def find(self, kid: str | None, alg: str) -> list[Key]:  # noqa: ARG002 - the protocol's
        return list(self.keys)


@pytest.mark.advisory("header memory")
def test_a_careless_source_gives_no_key_another_algorithm(rsa_key: Key, key: Key, clock: FakeClock) -> None:
    ring = Careless(rsa_key.restrict(["PS256"]), key)
    verifier = on(ring, clock)
    claims = forge.good_claims(clock.now)
    token = forge.token(rsa_key, claims, forge.header_for(rsa_key, alg="RS256"), alg="RS256")
    assert refused(verifier, token) == "unknown_key"
    ring.keys = (rsa_key,)
    verifier.verify(token)
    ring.keys = (rsa_key.restrict(["PS256"]), key)
    assert refused(verifier, token) == "unknown_key"


@pytest.mark.advisory("header memory")
def test_a_header_that_was_refused_is_judged_again(key: Key, other_key: Key, clock: FakeClock) -> None:
    ring = Ring(other_key)
    verifier = on(ring, clock)
    token = forge.token(key, forge.good_claims(clock.now))
    assert refused(verifier, token) == refused(verifier, token) == "unknown_key"
    ring.keys = (key,)
    verifier.verify(token)


def flood(key: Key, clock: FakeClock, count: int) -> Iterator[str]:
    """Tokens with a header of its own each; every second one signed by the key, the others by nobody."""
    claims = forge.good_claims(clock.now)
    signature = "A" * 86
    for number in range(count):
        header = forge.header_for(key, x=f"{number} " + "x" * 200)
        if number % 2:
            yield forge.token(key, {**claims, "jti": str(number)}, header)
        else:
            yield f"{forge.segment(header).decode()}.{forge.segment(claims).decode()}.{signature}"


@pytest.mark.advisory("header memory")
def test_a_flood_of_headers_fills_no_memory_and_pushes_nothing_out(key: Key, clock: FakeClock) -> None:
    """Measured after the first part of the flood, so that what is kept on purpose is there already."""
    verifier = verifier_of(key, clock=clock, cache_size=0)
    good = forge.token(key, forge.good_claims(clock.now))
    verifier.verify(good)

    def receive(tokens: Iterable[str]) -> None:
        for number, token in enumerate(tokens):
            if number % 2:
                verifier.verify(token)
            else:
                assert refused(verifier, token) == "invalid_signature"

    receive(flood(key, clock, 1_000))
    tokens = list(flood(key, clock, 3_000))[1_000:]
    tracemalloc.start()
    before = tracemalloc.take_snapshot()
    receive(tokens)
    gc.collect()  # the frames of what was raised and caught
    after = tracemalloc.take_snapshot()
    tracemalloc.stop()
    grown = sum(
        entry.size_diff
        for entry in after.compare_to(before, "filename")
        if "gatepass" in str(entry.traceback)
    )
    assert grown < 50_000, "bytes; 1,000 headers that were kept would be 300,000 and more"
    verifier.verify(good)
