"""Let one thread do what several want done, and the others wait for it, but not for long."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 1.0
"""Seconds after the start of the work for which a thread waits that can do without."""

LONG_PATIENCE = 10.0
"""Seconds that a thread waits that cannot."""

MAX_WAITING = 16
"""Threads that wait at once though they can do without: a flood must not hold every thread of a program."""

LOST_AFTER = 60.0
"""Seconds after which work counts as lost; its thread ended with a fork, for instance."""


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    began: float
    landed: threading.Event = field(default_factory=threading.Event)


class Flight:
    """Work that is done once at a time.

    Args:
        monotonic: A clock in seconds that never goes back.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()  # held for a few steps only, never while working
        self._run: _Run | None = None
        self._waiting = 0

    @property
    def running(self) -> bool:
        """Whether a thread is at work."""
        run = self._run
        return run is not None and self._monotonic() - run.began < LOST_AFTER

    @property
    def worth_waiting(self) -> bool:
        """Whether the work began so short a time ago, and so few wait for it, that one more may."""
        run = self._run
        if run is None or self._waiting >= MAX_WAITING:
            return False
        return self._monotonic() - run.began < PATIENCE

    def lead_or_wait(self, due: Callable[[], bool], work: Callable[[], None], *, patient: bool) -> None:
        """Do the work if it is due, or wait for the thread that does it.

        Args:
            due: Whether it is still to be done, or waited for; another thread may have been faster.
            work: What to do.
            patient: Whether to wait as long as it takes; without it only for :data:`PATIENCE`.
        """
        mine = _Run(self._monotonic())
        with self._lock:
            if not due():
                return
            others = self._run if self.running else None
            if others is None:
                self._run = mine
            else:
                self._waiting += 1
        if others is None:
            self._lead(mine, work)
            return
        others.landed.wait(LONG_PATIENCE if patient else PATIENCE)
        with self._lock:
            self._waiting -= 1

    def _lead(self, mine: _Run, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            with self._lock:
                if self._run is mine:
                    self._run = None
            mine.landed.set()
