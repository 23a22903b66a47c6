"""Signatures that are empty, zero, of another form or of another algorithm."""

import sys
from types import FrameType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gatepass import Key, Verifier
from tests.advisories.judging import pinned, refused, signature_of, verifier_of, with_signature
from tests.support.clock import FakeClock
from tests.verify import forge

ORDERS = {
    "ES256": ec.SECP256R1().group_order,
    "ES384": ec.SECP384R1().group_order,
    "ES512": ec.SECP521R1().group_order,
}
"""How many points each curve has."""
LENGTHS = {"ES256": 32, "ES384": 48, "ES512": 66}


def pair(r: int, s: int, alg: str) -> bytes:
    """Two numbers as JWS writes them (RFC 7518 section 3.4)."""
    return r.to_bytes(LENGTHS[alg], "big") + s.to_bytes(LENGTHS[alg], "big")


def numbers_of(signature: bytes) -> tuple[int, int]:
    half = len(signature) // 2
    return int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")


@pytest.mark.advisory("CVE-2022-21449")
@pytest.mark.parametrize("alg", ORDERS)
@pytest.mark.compliance("RFC 7518", "3.4", "r and s are between 1 and the order of the group")
def test_numbers_that_no_signature_has_are_refused(clock: FakeClock, alg: str) -> None:
    key = Key.generate(alg)
    verifier = verifier_of(key, clock=clock)
    good = forge.token(key, forge.good_claims(clock.now))
    verifier.verify(good)
    n, (r, s) = ORDERS[alg], numbers_of(signature_of(good))
    top = (1 << 8 * LENGTHS[alg]) - 1
    for numbers in (
        *((0, 0), (0, s), (r, 0), (0, 1), (1, 0), (1, 1), (n, n), (n, s), (r, n), (0, n), (n, 0)),
        *(
            (n - 1, n - 1),
            (n + 1, s),
            (r, n + 1),
            (top, top),
            (s, r),
            (r, r),
            (s, s),
            (n - r, s),
            (n - r, n - s),
        ),
    ):
        assert refused(verifier, with_signature(good, pair(*numbers, alg))) == "invalid_signature"
    for number in (r + n, s + n):
        if number <= top:  # the same number modulo the order, written larger
            for numbers in ((r + n, s), (r, s + n)):
                if max(numbers) <= top:
                    assert refused(verifier, with_signature(good, pair(*numbers, alg))) == "invalid_signature"


@pytest.mark.advisory("CVE-2022-21449")
@pytest.mark.parametrize("kind", ["RSA", "EC", "OKP"])
def test_zeros_and_nothing_are_no_signature(keys: dict[str, Key], clock: FakeClock, kind: str) -> None:
    verifier = verifier_of(keys[kind], clock=clock)
    good = forge.token(keys[kind], forge.good_claims(clock.now))
    verifier.verify(good)
    length = len(signature_of(good))
    for byte in (b"\x00", b"\x01", b"\xff"):
        for size in (0, 1, 2, length - 1, length, length + 1, 2 * length, 1_000):
            assert refused(verifier, with_signature(good, byte * size)) == "invalid_signature"
    assert refused(verifier, good.rpartition(".")[0]) == "malformed"


@pytest.mark.advisory("CVE-2022-21449")
def test_zeros_and_nothing_are_no_hmac(clock: FakeClock) -> None:
    verifier = Verifier.from_secret("s" * 64, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock)
    head = (
        forge.segment({"alg": "HS256", "typ": "at+jwt"}) + b"." + forge.segment(forge.good_claims(clock.now))
    )
    for signature in (b"", b"\0", b"\0" * 31, b"\0" * 32, b"\xff" * 32, b"\0" * 64):
        token = f"{head.decode()}.{forge.segment(signature).decode()}"
        assert refused(verifier, token) == "invalid_signature"


@pytest.mark.advisory("CVE-2019-14859")
@pytest.mark.advisory("CVE-2019-14853")
@pytest.mark.parametrize("alg", ORDERS)
@pytest.mark.compliance("RFC 7518", "3.4", "two numbers of fixed length, not ASN.1")
def test_an_ecdsa_signature_in_der_is_refused(clock: FakeClock, alg: str) -> None:
    key = Key.generate(alg)
    verifier = verifier_of(key, clock=clock)
    good = forge.token(key, forge.good_claims(clock.now))
    raw = signature_of(good)
    der = encode_dss_signature(*numbers_of(raw))
    size = len(raw)
    for spelled in (
        *(der, der + b"\0", der[:-1], der.ljust(size, b"\0")[:size], der.rjust(size, b"\0")[-size:]),
        *(
            b"\x30\x80" + der[2:] + b"\0\0",
            b"\x30\x06\x02\x01\x00\x02\x01\x00",
            b"\x30\x00",
            b"\x30\x84\xff\xff\xff\xff",
        ),
    ):
        assert refused(verifier, with_signature(good, spelled)) == "invalid_signature"


@pytest.mark.advisory("CVE-2019-14859")
@pytest.mark.parametrize("alg", ORDERS)
def test_a_signature_of_another_length_is_refused(clock: FakeClock, alg: str) -> None:
    """Numbers with zeros in front, or without those they should have, are another spelling of the same ones."""
    key = Key.generate(alg)
    verifier = verifier_of(key, clock=clock)
    good = forge.token(key, forge.good_claims(clock.now))
    raw = signature_of(good)
    half = len(raw) // 2
    for spelled in (
        *(raw + b"\0", b"\0" + raw, b"\0" + raw[:half] + b"\0" + raw[half:], raw[:-1], raw[1:], raw[:half]),
        *(raw + raw, raw[half:] + raw[:half], raw[half:], raw[::-1], raw[:half][::-1] + raw[half:][::-1]),
    ):
        assert refused(verifier, with_signature(good, spelled)) == "invalid_signature"


@pytest.mark.advisory("ECDSA malleability")
@pytest.mark.parametrize("alg", ORDERS)
def test_the_other_half_of_an_ecdsa_signature_says_nothing_else(clock: FakeClock, alg: str) -> None:
    """Where (r, s) is a signature, (r, n - s) is one of the same words by the same key.

    Neither RFC 7515 nor RFC 7518 tells signers which of the two to write, and OpenSSL, Java, key services and hardware
    write each in half of the cases: refusing one would refuse half of all good tokens. It is no forgery, since not one
    character of header and claims can differ. What it does make is a second spelling of a token, so nothing here may
    depend on a token having just one: a token is ended by its key, its times and its status, never by its text.
    """
    key = Key.generate(alg)
    verifier = verifier_of(key, clock=clock)
    good = forge.token(key, forge.good_claims(clock.now))
    r, s = numbers_of(signature_of(good))
    twin = with_signature(good, pair(r, ORDERS[alg] - s, alg))
    assert twin != good
    first, second = verifier.verify(good), verifier.verify(twin)
    assert first == second
    assert first.token_id == second.token_id, "what a list of single uses must go by"
    clock.advance(600)
    assert refused(verifier, good) == refused(verifier, twin) == "expired"


@pytest.mark.advisory("ECDSA malleability")
def test_the_signatures_of_rsa_and_ed25519_have_no_second_spelling(
    rsa_key: Key, ed_key: Key, clock: FakeClock
) -> None:
    claims = forge.good_claims(clock.now)
    modulus = rsa_key.native.public_key.public_numbers().n  # type: ignore[union-attr] # an RSA key has one
    good = forge.token(rsa_key, claims)
    number = int.from_bytes(signature_of(good), "big")
    for other in (modulus - number, number + modulus):
        size = 256 if other < 1 << 2048 else 257
        token = with_signature(good, other.to_bytes(size, "big"))
        assert refused(verifier_of(rsa_key, clock=clock), token) == "invalid_signature"
    order = 2**252 + 27742317777372353535851937790883648493  # RFC 8032 section 5.1
    good = forge.token(ed_key, claims)
    raw = signature_of(good)
    scalar = int.from_bytes(raw[32:], "little")
    for multiple in range(1, 15):
        token = with_signature(good, raw[:32] + (scalar + multiple * order).to_bytes(32, "little"))
        assert refused(verifier_of(ed_key, clock=clock), token) == "invalid_signature"


@pytest.mark.advisory("Ed25519 small order")
@pytest.mark.parametrize("point", ["01" + "00" * 31, "00" * 32, "ec" + "ff" * 30 + "7f"])
def test_a_signature_for_every_message_is_refused(ed_key: Key, clock: FakeClock, point: str) -> None:
    """A point of small order as R and 0 as S: right for every message under a key that is of small order too."""
    token = forge.token(ed_key, forge.good_claims(clock.now))
    forged = with_signature(token, bytes.fromhex(point) + bytes(32))
    assert refused(pinned(ed_key, clock=clock), forged) == "invalid_signature"


@pytest.mark.advisory("CVE-2026-48523")
@pytest.mark.parametrize("said", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
@pytest.mark.parametrize("used", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_an_rsa_signature_is_of_the_algorithm_that_the_header_names(
    rsa_key: Key, clock: FakeClock, said: str, used: str
) -> None:
    key = Key.from_private_der(rsa_key.to_private_der(), trusted=True)
    verifier = pinned(key, clock=clock)
    token = forge.token(key, forge.good_claims(clock.now), forge.header_for(key, alg=said), alg=used)
    if said == used:
        verifier.verify(token)
    else:
        assert refused(verifier, token) == "invalid_signature"


@pytest.mark.advisory("CVE-2016-7036")
def test_macs_are_compared_in_constant_time(clock: FakeClock) -> None:
    """Seen from outside of the code: the one comparison of the standard library that takes no short cut is called."""
    verifier = Verifier.from_secret("s" * 64, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock)
    head = (
        forge.segment({"alg": "HS256", "typ": "at+jwt"}) + b"." + forge.segment(forge.good_claims(clock.now))
    )
    called: list[str] = []

    def watch(_frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call":
            called.append(argument.__name__)

    sys.setprofile(watch)
    try:
        code = verifier.explain(f"{head.decode()}.{forge.segment(bytes(32)).decode()}").code
    finally:
        sys.setprofile(None)
    assert code == "invalid_signature"
    assert {"compare_digest", "_compare_digest"}.intersection(called)
