"""Let one thread do what several want done, beside them all; who must may wait for it, but not for long."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 1.0
"""Seconds after the start of the work for which a thread waits that can do without."""

MAX_WAITING = 16
"""Threads that wait at once though they can do without: a flood must not hold every thread of a program."""

LOST_AFTER = 60.0
"""Seconds after which work counts as lost."""


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    began: float
    landed: threading.Event = field(default_factory=threading.Event)


class Flight:
    """Work that is done once at a time, in a daemon thread that lasts no longer than the work.

    A thread of its own belongs to no request: whoever asked may go on, and no request's context is taken along.

    Args:
        monotonic: A clock in seconds that never goes back.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.after_fork()

    def after_fork(self) -> None:
        """Forget the thread at work, which a fork leaves behind, and a lock that it may hold."""
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

    def start(self, due: Callable[[], bool], work: Callable[[], None]) -> None:
        """Start the work if it is due and nobody is at it, and do not wait for it.

        Raises:
            RuntimeError: No thread could be started.
        """
        mine = _Run(self._monotonic())
        with self._lock:
            if self.running or not due():
                return
            self._run = mine
        self._launch(mine, work)

    def start_and_wait(
        self, due: Callable[[], bool], work: Callable[[], None], *, first: float, others: float
    ) -> None:
        """Start the work if it is due, or join those who wait for it.

        Args:
            due: Whether it is still to be done, or waited for; another thread may have been faster.
            work: What to do.
            first: Seconds that the caller waits if the work begins with this call.
            others: Seconds that the caller waits if it began before.

        Raises:
            RuntimeError: No thread could be started.
        """
        mine = _Run(self._monotonic())
        with self._lock:
            if not due():
                return
            run = self._run if self.running else None
            if run is None:
                self._run = mine
            self._waiting += 1
        try:
            if run is None:
                self._launch(mine, work)
                mine.landed.wait(first)
            else:
                run.landed.wait(others)
        finally:
            with self._lock:
                self._waiting -= 1

    def _launch(self, mine: _Run, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=self._fly, args=(mine, work), name="gatepass-keys", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            self._land(mine)
            raise

    def _fly(self, mine: _Run, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            self._land(mine)

    def _land(self, mine: _Run) -> None:
        with self._lock:
            if self._run is mine:
                self._run = None
        mine.landed.set()
