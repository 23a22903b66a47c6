"""A client's keys, and a check whose clock stands still."""

from collections.abc import Callable
from typing import Any

import pytest

from gatepass import Key
from gatepass.dpop import DPoP
from tests.dpop import proofs
from tests.support.clock import FakeClock

Prove = Callable[..., str]


@pytest.fixture(scope="session")
def key() -> Key:
    """The client's key."""
    return Key.generate("ES256")


@pytest.fixture(scope="session")
def other_key() -> Key:
    """Another client's key."""
    return Key.generate("ES256")


@pytest.fixture(scope="session")
def rsa_key() -> Key:
    """A client's RSA key, usable with every RSA algorithm."""
    return Key.from_private_der(Key.generate("RS256").to_private_der(), trusted=True)


@pytest.fixture
def dpop(clock: FakeClock) -> DPoP:
    return DPoP(clock=clock)


@pytest.fixture
def prove(key: Key, clock: FakeClock) -> Prove:
    """``prove(htm="PUT", ...)``: a proof that is right but for the named claims (``...`` leaves one out)."""

    def make(header: dict[str, Any] | None = None, **changes: Any) -> str:
        return proofs.sign(
            key, proofs.good_header(key, **(header or {})), proofs.good_claims(clock.now, **changes)
        )

    return make
