"""Make verifiers and hear their verdicts."""

from typing import Any

import pytest

from gatepass import Key, TokenError, Verifier, base64url
from tests.support.clock import FakeClock
from tests.verify import forge


def verifier_of(*keys: Key, clock: FakeClock, **options: Any) -> Verifier:
    """A verifier that knows the public halves of these keys as a JWK set."""
    jwks = {"keys": [key.public_jwk() for key in keys]}
    return Verifier.from_jwks(jwks, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock, **options)


def pinned(key: Key, *, clock: FakeClock, **options: Any) -> Verifier:
    """A verifier that knows the public half of one key as PEM, whatever a token calls it."""
    return Verifier.from_pem(
        key.public_pem(), issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock, **options
    )


def refused(verifier: Verifier, token: object) -> str:
    """The code of the refusal. Being accepted, or any other exception, fails the test."""
    with pytest.raises(TokenError) as caught:
        verifier.verify(token)
    return caught.value.code


def with_signature(token: str, signature: bytes) -> str:
    """The same token with other bytes as its signature."""
    return f"{token.rpartition('.')[0]}.{forge.segment(signature).decode()}"


def signature_of(token: str) -> bytes:
    """The bytes of a token's signature."""
    return base64url.decode(token.rpartition(".")[2].encode())
