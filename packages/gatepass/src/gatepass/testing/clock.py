"""A clock that tests move."""

from __future__ import annotations

import time


class FakeClock:
    """Seconds since the epoch, as a function; a verifier takes it as its ``clock``.

    Args:
        now: Where it stands still until it is moved. Without it, it goes with the machine's clock, so that a long
            run of tests does not outlive its tokens, and ``advance`` sets it ahead of that.
    """

    def __init__(self, now: float | None = None) -> None:
        self._start = now
        self._ahead = 0.0

    def __call__(self) -> float:
        """The time now, in seconds since the epoch."""
        return (time.time() if self._start is None else self._start) + self._ahead

    def advance(self, seconds: float) -> None:
        """Move on or, with a negative number, back."""
        self._ahead += seconds

    def reset(self) -> None:
        """Undo every :meth:`advance`."""
        self._ahead = 0.0
