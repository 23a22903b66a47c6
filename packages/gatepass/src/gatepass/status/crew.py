"""A few threads that do what they are given, and end when there is nothing left."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Crew:
    """Does pieces of work side by side, in the order they came.

    The pools of the standard library would not do: their threads hold up the end of the program.

    Args:
        size: Threads at once, at most.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self.after_fork()

    def after_fork(self) -> None:
        """Forget everything: in a process that was forked no thread is left."""
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._busy = 0

    def take_on(self, work: Callable[[], None]) -> None:
        """Have something done soon.

        Args:
            work: What to do; it raises nothing.

        Raises:
            RuntimeError: No thread can be started; nothing is done.
        """
        with self._lock:
            self._waiting.append(work)
            if self._busy >= self._size:
                return
            self._busy += 1
        try:
            threading.Thread(target=self._work, name="gatepass-status", daemon=True).start()
        except RuntimeError:
            with self._lock:
                self._busy -= 1
                if work not in self._waiting:
                    return  # another thread came to it
                self._waiting.remove(work)
            raise

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._busy -= 1
                    return
                work = self._waiting.popleft()
            work()
