"""Remember for a moment what an issuer said of a token."""

from __future__ import annotations

import hashlib
import math
import threading
from typing import TYPE_CHECKING, Any

from gatepass.forks import mend_after_forks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class RecentAnswers:
    """A bounded map from the digest of a token to the claims it was said to have; the oldest goes first.

    Only what is active comes in, so strangers cannot push others out.

    Args:
        seconds: How long an answer is believed; 0 remembers none.
        size: How many are.
        monotonic: A function returning seconds that never go back.
    """

    def __init__(self, seconds: float, size: int, monotonic: Callable[[], float]) -> None:
        if not 0 <= seconds < math.inf:
            raise ValueError("cache_seconds is a number of seconds, 0 or more.")
        if size < 1:
            raise ValueError("cache_size is a number of tokens, 1 or more.")
        self._seconds = seconds
        self._size = size
        self._monotonic = monotonic
        self._known: dict[bytes, tuple[float, Mapping[str, Any]]] = {}
        self.after_fork()
        mend_after_forks(self)

    def after_fork(self) -> None:
        """Take a lock of its own: somebody may have held the other when the process forked."""
        self._lock = threading.Lock()

    def recall(self, token: str) -> Mapping[str, Any] | None:
        """What was said of it a moment ago."""
        known = self._known.get(_digest(token)) if self._seconds else None
        return known[1] if known is not None and self._monotonic() < known[0] else None

    def remember(self, token: str, claims: Mapping[str, Any], *, asked_at: float) -> None:
        """Keep an answer, counting from when it was asked for."""
        if not self._seconds:
            return
        digest = _digest(token)
        with self._lock:
            self._known.pop(digest, None)
            self._known[digest] = asked_at + self._seconds, claims
            if len(self._known) > self._size:
                del self._known[next(iter(self._known))]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
