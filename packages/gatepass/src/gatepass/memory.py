"""Remember tokens whose signature was checked, so that it need not be computed again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gatepass.checks import CLOCK_TOLERANCE
from gatepass.forks import mend_after_forks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepass.keys import Key
    from gatepass.principal import Principal
    from gatepass.rules import Rules
    from gatepass.status.reference import StatusReference

_FIRST_SECOND: Final = 2.0


class Remembered(NamedTuple):
    """What is kept of a verified token: everything its rules need, and not the token.

    Attributes:
        alg: The algorithm its header names.
        kid: The key its header names.
        key: The key whose signature matched.
        claims: What it says; never handed out.
        principal: What the caller gets.
        status: Where its status is told, if it has one that is followed.
        begins: Seconds since the epoch from when on its times are in order ...
        ends: ... and when they are no longer; outside of the two the checks run again and say what is wrong.
    """

    alg: str
    kid: str | None
    key: Key
    claims: Mapping[str, Any]
    principal: Principal
    status: StatusReference | None
    begins: float
    ends: float


def window_of(claims: Mapping[str, Any], rules: Rules) -> tuple[float, float]:
    """Between which times the checks of ``exp``, ``nbf`` and ``iat`` certainly pass, for checked claims.

    Times that are not plain small integers give no window, so that the checks themselves decide at every call.
    """
    exp, nbf, iat = claims["exp"], claims.get("nbf", 0), claims.get("iat", 0)
    if not (type(exp) is type(nbf) is type(iat) is int and max(abs(exp), abs(nbf), abs(iat)) < 1 << 48):
        return 1.0, 0.0
    # Never from the first second on: a broken clock that answers True must reach the check of the clock.
    begins = max(_FIRST_SECOND, nbf - rules.leeway, iat - rules.leeway - CLOCK_TOLERANCE)
    return begins, exp + rules.leeway


class Memory:
    """A bounded map from the digest of a token to what is remembered of it; the oldest goes first.

    Only verified tokens come in, so strangers cannot push others out. Reading takes no lock: looking a key up
    in a dictionary is one step.

    Args:
        size: How many tokens; 0 remembers none.
    """

    def __init__(self, size: int) -> None:
        given: object = size
        if not isinstance(given, int) or given < 0:
            raise ValueError("cache_size is a number of tokens, 0 or more.")
        self.size = size
        self._known: dict[bytes, Remembered] = {}
        self.after_fork()
        mend_after_forks(self)
        self.recall = self._known.get

    def after_fork(self) -> None:
        """Take a lock of its own: somebody may have held the other when the process forked."""
        self._lock = threading.Lock()

    def remember(self, digest: bytes, token: Remembered) -> None:
        """Keep a verified token, letting the oldest go when there are too many."""
        with self._lock:
            self._known[digest] = token
            if len(self._known) > self.size:
                del self._known[next(iter(self._known))]

    def forget(self, digest: bytes) -> None:
        """Drop one."""
        with self._lock:
            self._known.pop(digest, None)
