"""Keys, made once, and verifiers whose clock stands still."""

from collections.abc import Callable
from typing import Any

import pytest

from gatepass import Key, Verifier
from tests.support.clock import FakeClock
from tests.verify import forge

Mint = Callable[..., str]


@pytest.fixture(scope="session")
def key() -> Key:
    """The issuer's key: quick to make, quick to sign with."""
    return Key.generate("ES256")


@pytest.fixture(scope="session")
def other_key() -> Key:
    """A key the issuer knows nothing of."""
    return Key.generate("ES256")


@pytest.fixture(scope="session")
def rsa_key() -> Key:
    """An RSA key of the issuer, usable with every RSA algorithm."""
    return Key.from_private_der(Key.generate("RS256").to_private_der(), trusted=True)


@pytest.fixture
def verifier(key: Key, clock: FakeClock) -> Verifier:
    """A verifier that remembers nothing, so that every test sees the whole check."""
    return Verifier.from_jwks(
        {"keys": [key.public_jwk()]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, clock=clock, cache_size=0
    )


@pytest.fixture
def mint(key: Key, clock: FakeClock) -> Mint:
    """``mint(exp=0, ...)``: a token that is right but for the named claims (``...`` leaves one out)."""

    def make(**changes: Any) -> str:
        return forge.token(key, forge.good_claims(clock.now, **changes))

    return make
