"""Which proofs were used already (RFC 9449 section 11.1)."""

from __future__ import annotations

import heapq
import math
import threading
import time
from typing import TYPE_CHECKING, Protocol

from gatepass.clocks import now_of
from gatepass.errors import StatusUnavailableError
from gatepass.forks import mend_after_forks

if TYPE_CHECKING:
    from collections.abc import Callable


class ReplayStore(Protocol):
    """Remembers proofs for as long as they would be accepted.

    A store may block, for instance on a database: event loops call it in a thread. One that never does may say so with
    an attribute ``blocking = False``. Whatever it raises refuses the request as one that cannot be judged (503).
    """

    def remember(self, key: str, until: float) -> bool:
        """Remember a proof in one atomic step: of any number of callers with one key, in any process, one gets True.

        Args:
            key: 43 ASCII characters, a digest that stands for one proof.
            until: Seconds since the epoch until which it must be remembered.

        Returns:
            ``True`` when it was not known before, ``False`` when it was.
        """
        ...


class MemoryReplay:
    """Remembers proofs in the memory of this process, and of no other.

    When it is full, further proofs are refused until old ones have expired: letting one of those go would let it be
    used again, at the wish of whoever floods. Only holders of a valid token come this far.

    Args:
        size: How many proofs; one takes about 250 bytes.
        clock: A function that returns seconds since the epoch; the same as that of :class:`~gatepass.dpop.DPoP`.
    """

    blocking = False

    def __init__(self, size: int = 100_000, *, clock: Callable[[], float] = time.time) -> None:
        given: object = size
        if isinstance(given, bool) or not isinstance(given, int) or given < 1:
            raise ValueError("size is a number of proofs, 1 or more.")
        self._size = size
        self._clock = clock
        self._known: set[str] = set()
        self._ends: list[tuple[float, str]] = []
        self.after_fork()
        mend_after_forks(self)

    def after_fork(self) -> None:
        """Take a lock of its own: somebody may have held the other when the process forked."""
        self._lock = threading.Lock()

    def remember(self, key: str, until: float) -> bool:
        """Remember a proof; ``False`` when it was known, or when its time has passed so that it cannot be kept.

        Raises:
            StatusUnavailableError: It is full.
        """
        now = now_of(self._clock)
        with self._lock:
            while self._ends and self._ends[0][0] < now:
                self._known.discard(heapq.heappop(self._ends)[1])
            if key in self._known or until < now:
                return False
            if len(self._known) >= self._size:
                wait = max(1, math.ceil(self._ends[0][0] - now))
                raise StatusUnavailableError(f"{self._size} proofs are remembered already", retry_after=wait)
            # In this order: what a signal cuts in two is known for ever rather than not at all.
            self._known.add(key)
            heapq.heappush(self._ends, (until, key))
            return True

    def __len__(self) -> int:
        """How many proofs are remembered, with those that have expired since the last call."""
        return len(self._known)
