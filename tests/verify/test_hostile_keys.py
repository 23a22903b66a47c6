"""Key sets that somebody made to hurt, and unusual ones that are right."""

import json
import time
from typing import Any

import pytest

from gatepass import Key, KeyFormatError, Verifier, WeakKeyError, base64url, load_key
from gatepass.jwk import key_from_jwk, keys_from_jwks
from gatepass.keys import MAX_RSA_BITS
from tests.support.clock import FakeClock
from tests.verify import forge


def number(bits: int) -> str:
    return base64url.encode((1 << bits - 1 | 1).to_bytes((bits + 7) // 8, "big")).decode()


@pytest.mark.parametrize("private", [{}, {"d": number(MAX_RSA_BITS)}])
def test_a_giant_modulus_is_refused_before_it_is_used(private: dict[str, str]) -> None:
    jwk = {"kty": "RSA", "n": number(200_000), "e": "AQAB", **private}
    began = time.monotonic()
    with pytest.raises(KeyFormatError, match="more than 16384"):
        key_from_jwk(jwk)
    with pytest.raises(KeyFormatError):
        keys_from_jwks({"keys": [jwk]})
    with pytest.raises(KeyFormatError):
        load_key(json.dumps(jwk))
    assert time.monotonic() - began < 1


def test_a_private_rsa_key_without_its_primes_is_refused(rsa_key: Key) -> None:
    """Its primes would have to be computed, which takes seconds for numbers that have none."""
    whole = rsa_key.native.as_dict(private=True)
    for missing in ("p", "q"):
        with pytest.raises(KeyFormatError, match="primes p and q"):
            key_from_jwk({name: value for name, value in whole.items() if name != missing})


def test_private_members_of_a_set_are_not_looked_at(rsa_key: Key, key: Key) -> None:
    hostile = {**rsa_key.public_jwk(), "d": number(2048)}
    for jwk in (hostile, rsa_key.native.as_dict(private=True), key.native.as_dict(private=True)):
        (read,) = keys_from_jwks({"keys": [jwk]})
        assert not read.is_private
    (signing,) = keys_from_jwks({"keys": [{**key.native.as_dict(private=True), "key_ops": ["sign"]}]})
    assert not signing.is_private


@pytest.mark.compliance("RFC 7517", "4.3", "other values may be used in key_ops")
@pytest.mark.parametrize(
    "members",
    [
        {"key_ops": ["verify", "x-unknown"]},
        {"key_ops": None},
        {"alg": None},
        {"use": None},
        {"kid": None},
        {"x5c": None, "x5u": 5, "ext": "x"},
    ],
    ids=repr,
)
def test_members_that_say_nothing_do_no_harm(key: Key, members: dict[str, Any]) -> None:
    public = {name: value for name, value in key.public_jwk().items() if name != "alg"}
    assert key_from_jwk({**public, **members}).algorithms == ("ES256",)


@pytest.mark.parametrize("members", [{"use": {}}, {"use": "enc"}, {"key_ops": []}, {"key_ops": "verify"}])
def test_members_that_forbid_are_obeyed(key: Key, members: dict[str, Any]) -> None:
    with pytest.raises(KeyFormatError):
        key_from_jwk({**key.public_jwk(), **members})


P = 2**255 - 19
EIGHTH = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826


@pytest.mark.parametrize("y", [0, 1, P - 1, P, P + 1, EIGHTH, P - EIGHTH])
@pytest.mark.parametrize("sign", [0, 1 << 255])
def test_an_ed25519_key_that_anybody_can_sign_for_is_refused(y: int, sign: int, clock: FakeClock) -> None:
    x = base64url.encode((y | sign).to_bytes(32, "little")).decode()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "a"}
    with pytest.raises(WeakKeyError, match="Anybody"):
        key_from_jwk(jwk)
    with pytest.raises(KeyFormatError):
        Verifier.from_jwks({"keys": [jwk]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock)
