"""Whether it is any use to try, in an event loop, what may have to wait."""

import time
from typing import Final

from gatepass_server.store.ports.patience import WouldWait, must_not_wait

PAUSE: Final = 0.2
"""Seconds in which nobody tries again after somebody has waited in vain: what holds us up may do so for long."""


class Hope:
    """Whether a database may go on at once."""

    __slots__ = ("_lost_until",)

    def __init__(self) -> None:
        self._lost_until: float | None = None

    def demand(self) -> None:
        """Go on only where there is some. Who has kept something goes on without.

        Raises:
            WouldWait: it was waited for in vain a moment ago.
        """
        if self._lost_until is not None and must_not_wait() and time.monotonic() < self._lost_until:
            raise WouldWait

    def lose(self, seconds: float = PAUSE) -> None:
        """It was waited for in vain: have nobody try for so long."""
        self._lost_until = max(self._lost_until or 0.0, time.monotonic() + seconds)
