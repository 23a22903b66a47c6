"""How long the event loop takes for a turn: as long as a request waits that comes in now."""

import asyncio
import time
from typing import Final

LATEST: Final = 1.0
"""Seconds after which most of those that wait have given up."""


class Turns:
    """Measures turns, only while somebody asks."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._begun: float | None = None
        self._last = 0.0
        self._ended = 0.0

    def are_late(self) -> bool:
        """Whether what comes in now waits for too long; called for a request that is to be answered in the loop."""
        if self._begun is None:
            self._begun = time.perf_counter()
            self._loop.call_soon(self._end)  # behind everything that waits already
            if self._begun - self._ended > LATEST:  # that was long ago
                self._last = 0.0
        return self._last > LATEST

    def _end(self) -> None:
        if self._begun is not None:
            self._ended = time.perf_counter()
            self._last = self._ended - self._begun
        self._begun = None
