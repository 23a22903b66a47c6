"""The life of a signing key, told by its times alone, so that all processes agree without talking."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, get_args

Algorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"
]
ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)
"""What keys of the house may sign with (RFC 7518 section 3.1, RFC 8037, RFC 9864)."""

LONGEST_TOKEN = 86_400
"""Seconds that an access token can live at most, whatever the settings say or an operator asks for."""


class KeyState(StrEnum):
    """Where a key stands. ``next``, ``active`` and ``retiring`` keys are in the JWK set."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRING = "retiring"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A signing key as the store keeps it. Times are whole seconds since the epoch.

    ``sealed`` is the private key (PKCS#8 DER) under the master key. ``public_jwk`` is JSON text.
    A key signs from ``activates_at`` until ``retires_at`` and stays in the JWK set until ``gone_at``.
    """

    kid: str
    alg: str
    public_jwk: str
    sealed: bytes = field(repr=False)
    created_at: int
    activates_at: int
    retires_at: int | None = None
    gone_at: int | None = None

    def state(self, now: int) -> KeyState:
        """The state at ``now``."""
        if self.gone_at is not None and now >= self.gone_at:
            return KeyState.GONE
        if self.retires_at is not None and now >= self.retires_at:
            return KeyState.RETIRING
        if now < self.activates_at:
            return KeyState.NEXT
        return KeyState.ACTIVE

    def is_in_line(self, now: int) -> bool:
        """Whether it signs, or will."""
        return self.state(now) in {KeyState.NEXT, KeyState.ACTIVE}
