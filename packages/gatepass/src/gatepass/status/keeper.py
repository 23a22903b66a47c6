"""A thread that looks after something from time to time, and ends when there is nothing to look after."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Keeper:
    """Calls a function again and again, as often as that says.

    Args:
        tend: Looks after everything once, and returns the seconds until it should again; ``None`` when there is
            nothing to look after any more. It must not block, and raises nothing.
    """

    def __init__(self, tend: Callable[[], float | None]) -> None:
        self._tend = tend
        self.after_fork()

    def after_fork(self) -> None:
        """Forget the thread: in a process that was forked it is not there."""
        self._changed = threading.Condition()
        self._called = False
        self.running = False
        self._latest = object()

    def call(self) -> bool:
        """Have a look soon, because something changed.

        Returns:
            Whether there is a thread to do it.
        """
        with self._changed:
            self._called = True
            if self.running:
                self._changed.notify()
                return True
            self.running = True
            me = self._latest = object()
        try:
            threading.Thread(
                target=self._keep, args=(me,), name="gatepass-status-keeper", daemon=True
            ).start()
        except RuntimeError:  # no more threads to be had, or the program is ending
            with self._changed:
                self.running = False
            return False
        return True

    def _keep(self, me: object) -> None:
        try:
            while self._look():
                pass
        finally:
            with self._changed:
                if self._latest is me:  # and no other thread was started since this one saw nothing left
                    self.running = False

    def _look(self) -> bool:
        with self._changed:
            self._called = False
        pause = self._tend()
        with self._changed:
            if pause is None:
                # Under the lock, so that a call either is seen here or finds nobody running.
                self.running = self._called
            elif not self._called:
                self._changed.wait(pause)
            return self.running
