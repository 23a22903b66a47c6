"""How long bodies may take to come: one timer for all that are waited for."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

_T = TypeVar("_T")


class BodyTime:
    """Gives up what takes too long.

    ``asyncio.timeout`` sets a timer for each and takes it back, which costs as much as three forms to read. All of
    these have the same time, so the one that began first is always the next whose time is over.

    Args:
        loop: in which they are waited for.
        seconds: that each may take.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._loop = loop
        self._seconds = seconds
        self._ends: dict[asyncio.Task[Any], float] = {}
        """When the time of each is over, the first one first."""
        self._late: set[asyncio.Task[Any]] = set()
        self._is_watched = False

    async def limit(self, body: Awaitable[_T]) -> _T:
        """What ``body`` comes to.

        Raises:
            TimeoutError: it did not come in time.
        """
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a body is waited for in a task")
        self._ends[task] = self._loop.time() + self._seconds
        if not self._is_watched:
            self._watch()
        try:
            return await body
        except asyncio.CancelledError:
            # Somebody else may have cancelled it, too, and is obeyed.
            if task in self._late and task.cancelling() == 1:
                raise TimeoutError from None
            raise
        finally:
            self._ends.pop(task, None)
            if task in self._late:
                self._late.discard(task)
                task.uncancel()

    def _watch(self) -> None:
        self._is_watched = bool(self._ends)
        if self._ends:
            self._loop.call_at(next(iter(self._ends.values())), self._give_up)

    def _give_up(self) -> None:
        now = self._loop.time()
        for task in [task for task, end in self._ends.items() if end <= now]:
            del self._ends[task]
            self._late.add(task)
            task.cancel()
        self._watch()
