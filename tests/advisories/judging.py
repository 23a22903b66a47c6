"""Make verifiers and hear their verdicts."""

from typing import Any

import pytest

from gatepass import Key, MultiIssuerVerifier, TokenError, Verifier, base64url
from gatepass.sources import NamedKeys
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


def refused(verifier: Verifier | MultiIssuerVerifier, token: object) -> str:
    """The code of the refusal. Being accepted, or any other exception, fails the test."""
    with pytest.raises(TokenError) as caught:
        verifier.verify(token)
    return caught.value.code


def verdict(verifier: Verifier, token: object, **options: Any) -> str:
    """The subject, or the code of the refusal, for comparing verifiers."""
    try:
        return verifier.verify(token, **options).subject
    except TokenError as error:
        return error.code


class Ring:
    """A source whose keys change."""

    def __init__(self, *keys: Key) -> None:
        self.keys = keys

    def find(self, kid: str | None, alg: str) -> list[Key]:
        """Those called so, as a set that does not change would find them."""
        return list(NamedKeys(self.keys).find(kid, alg))


def on(ring: Ring, clock: FakeClock, **options: Any) -> Verifier:
    """A verifier whose keys change."""
    return Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=ring, clock=clock, **options)


def with_signature(token: str, signature: bytes) -> str:
    """The same token with other bytes as its signature."""
    return f"{token.rpartition('.')[0]}.{forge.segment(signature).decode()}"


def signature_of(token: str) -> bytes:
    """The bytes of a token's signature."""
    return base64url.decode(token.rpartition(".")[2].encode())
