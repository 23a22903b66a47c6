"""Keys, made once, and a verifier that knows one of them."""

import pytest

from gatepass import Key, Verifier
from tests.advisories.judging import verifier_of
from tests.support.clock import FakeClock


@pytest.fixture(scope="session")
def rsa_key() -> Key:
    """The issuer's RSA key, for RS256 alone."""
    return Key.generate("RS256")


@pytest.fixture(scope="session")
def ec_key() -> Key:
    """The issuer's key on P-256."""
    return Key.generate("ES256")


@pytest.fixture(scope="session")
def ed_key() -> Key:
    """The issuer's Ed25519 key."""
    return Key.generate("EdDSA")


@pytest.fixture(scope="session")
def keys(rsa_key: Key, ec_key: Key, ed_key: Key) -> dict[str, Key]:
    """The issuer's keys by kind."""
    return {"RSA": rsa_key, "EC": ec_key, "OKP": ed_key}


@pytest.fixture(scope="session")
def stranger() -> Key:
    """A key that no verifier here knows."""
    return Key.generate("ES256")


@pytest.fixture
def verifier(rsa_key: Key, clock: FakeClock) -> Verifier:
    """A verifier that knows the RSA key and remembers tokens."""
    return verifier_of(rsa_key, clock=clock)
