"""Nonces that the API gives its clients, to put into their next proofs (RFC 9449 sections 8 and 9)."""

from __future__ import annotations

import hashlib
import hmac
import math
from typing import Protocol

from gatepass import base64url
from gatepass.errors import WeakKeyError


class NonceSource(Protocol):
    """Where nonces come from. Neither method may block: both are called on event loops."""

    def issue(self, now: float) -> str:
        """A nonce for the next proofs: printable ASCII without blanks, quotes and backslashes, not to be guessed.

        Args:
            now: Seconds since the epoch.
        """
        ...

    def good_until(self, nonce: str, now: float) -> float | None:
        """Until when a nonce of a proof is accepted, in seconds since the epoch; ``None``: it is not.

        Args:
            nonce: Whatever the client wrote.
            now: Seconds since the epoch.
        """
        ...


class Nonces:
    """Nonces made of a secret and the time, so that nothing is stored.

    Processes and machines that share the secret accept each other's. A nonce is given out for one period and accepted
    until the end of the next. One of the period to come is accepted as well: only a machine whose clock is ahead can
    have given it. Changing the secret costs each client one further request.

    Args:
        secret: At least 32 bytes, or a string of at least as many in UTF-8. Make one with
            ``python -c 'import secrets; print(secrets.token_urlsafe(48))'``.
        period: Seconds for which one nonce is given out.

    Raises:
        WeakKeyError: The secret is too short.
        ValueError: The period is not a number of seconds of at least 1.
    """

    def __init__(self, secret: str | bytes, *, period: float = 120) -> None:
        data: object = secret.encode() if isinstance(secret, str) else secret
        if not isinstance(data, bytes) or len(data) < 32:
            raise WeakKeyError("A secret for nonces has at least 32 bytes.")
        given: object = period
        if isinstance(given, bool) or not isinstance(given, (int, float)) or not 1 <= given < math.inf:
            raise ValueError("period is a number of seconds, 1 or more.")
        self._secret = data
        self._period = period

    def issue(self, now: float) -> str:
        """The nonce of this period."""
        return self._of(int(now // self._period)).decode("ascii")

    def good_until(self, nonce: str, now: float) -> float | None:
        """The end of the period after the one it was made for; ``None`` for what is no nonce, or an old one."""
        given = nonce.encode("utf-8", "replace")
        current = int(now // self._period)
        for slot in (current, current - 1, current + 1):
            if hmac.compare_digest(self._of(slot), given):
                return (slot + 2) * self._period
        return None

    def _of(self, slot: int) -> bytes:
        message = b"gatepass dpop nonce %d" % slot
        return base64url.encode(hmac.digest(self._secret, message, hashlib.sha256))
