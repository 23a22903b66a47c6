"""A secret one program shares with itself (RFC 7518 section 3.2), and what must never be taken for one."""

import base64
import json
import secrets

import pytest

from gatepass import Key, KeyFormatError, Signer, UnsupportedAlgorithmError, Verifier, WeakKeyError
from gatepass.shared_secret import SECRET_ALGORITHMS, secret_key
from tests.support.clock import FakeClock
from tests.verify.forge import AUDIENCE, ISSUER, good_claims, header_for, token

SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("alg", SECRET_ALGORITHMS)
def test_a_secret_signs_and_verifies(alg: str, clock: FakeClock) -> None:
    signer = Signer.from_secret(SECRET, issuer=ISSUER, audience=AUDIENCE, algorithm=alg, clock=clock)
    verifier = Verifier.from_secret(SECRET, issuer=ISSUER, audience=AUDIENCE, algorithms=[alg], clock=clock)
    assert verifier.verify(signer.issue("user-1")).subject == "user-1"
    assert verifier.verify(signer.issue("user-1", typ="application/at+jwt")).subject == "user-1"


def test_a_token_of_a_secret_names_no_key() -> None:
    issued = Signer.from_secret(SECRET, issuer=ISSUER, audience=AUDIENCE).issue("user-1")
    header = json.loads(base64.urlsafe_b64decode(issued.split(".")[0] + "=="))
    assert header == {"alg": "HS256", "typ": "at+jwt"}


@pytest.mark.parametrize(("alg", "length"), SECRET_ALGORITHMS.items())
@pytest.mark.compliance("RFC 7518", "3.2", "a key of the same size as the hash or larger")
def test_a_secret_is_as_long_as_the_hash(alg: str, length: int) -> None:
    Signer.from_secret(b"\x01" * length, issuer="i", audience="a", algorithm=alg)
    for secret in (b"\x01" * (length - 1), b"", "é"):
        with pytest.raises(KeyFormatError):
            Signer.from_secret(secret, issuer="i", audience="a", algorithm=alg)
        with pytest.raises(KeyFormatError):
            Verifier.from_secret(secret, issuer="i", audience="a", algorithms=[alg])
    with pytest.raises(WeakKeyError):
        secret_key(b"\x01" * 31)


@pytest.mark.compliance("RFC 8725", "3.1", "a verifier of public keys takes no HMAC")
def test_public_keys_and_secrets_never_meet(key: Key, clock: FakeClock) -> None:
    hmac_token = Signer.from_secret(SECRET, issuer=ISSUER, audience=AUDIENCE, clock=clock).issue("user-1")
    asymmetric = Verifier.from_jwks(
        {"keys": [key.public_jwk()]}, issuer=ISSUER, audience=AUDIENCE, clock=clock
    )
    with pytest.raises(UnsupportedAlgorithmError):
        asymmetric.verify(hmac_token)
    symmetric = Verifier.from_secret(SECRET, issuer=ISSUER, audience=AUDIENCE, clock=clock)
    with pytest.raises(UnsupportedAlgorithmError):
        symmetric.verify(token(key, good_claims(clock.now), header_for(key)))
    with pytest.raises(ValueError, match="from_secret"):
        Verifier(ISSUER, audience=AUDIENCE, algorithms=["HS256"])
    for alg in ("RS256", "none", "HS1"):
        with pytest.raises(KeyFormatError):
            Verifier.from_secret(SECRET, issuer=ISSUER, audience=AUDIENCE, algorithms=[alg])
        with pytest.raises(KeyFormatError):
            Signer.from_secret(SECRET, issuer=ISSUER, audience=AUDIENCE, algorithm=alg)


def test_only_one_algorithm_unless_told(clock: FakeClock) -> None:
    issued = Signer.from_secret(
        SECRET, issuer=ISSUER, audience=AUDIENCE, algorithm="HS512", clock=clock
    ).issue("u")
    with pytest.raises(UnsupportedAlgorithmError):
        Verifier.from_secret(SECRET, issuer=ISSUER, audience=AUDIENCE, clock=clock).verify(issued)


def test_a_secret_never_shows_and_is_never_published() -> None:
    key = secret_key(SECRET)
    assert SECRET not in repr(key)
    assert (key.kid, key.thumbprint) == ("", "")
    for publish in (key.public_jwk, key.public_pem, key.to_private_der, key.public):
        with pytest.raises(KeyFormatError):
            publish()


def test_random_secrets_of_every_usual_spelling_are_taken() -> None:
    for _ in range(200):
        raw = secrets.token_bytes(64)
        for secret in (
            raw,
            raw.hex(),
            base64.b64encode(raw),
            base64.urlsafe_b64encode(raw).rstrip(b"="),
            secrets.token_urlsafe(48),
        ):
            secret_key(secret)
    secret_key("a sentence that somebody thought of, {with} [brackets] and -- dashes")
    secret_key("ssh-keys are nice but this is merely a sentence about them, no key")


def test_what_is_no_text_and_no_bytes_is_refused() -> None:
    for wrong in (None, 1, ["x" * 64], "\ud800" * 64):
        with pytest.raises(KeyFormatError):
            secret_key(wrong)  # type: ignore[arg-type] # wrong on purpose
