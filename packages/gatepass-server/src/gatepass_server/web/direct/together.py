"""Waiting for the disk outside the event loop: once for all answers that wait for it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

Wait = Callable[[], None]
"""Returns once what was kept is on the disk."""

_Waiting = Sequence[tuple[Wait, asyncio.Future[None]]]

DELAY: Final = 0.001
"""Seconds by which a round is put off for those who will want to share it, where one of the last few was shared.

Each round costs 0.3 ms of CPU: for the disk, and for waking a thread and the event loop.
"""

_FEW: Final = 8


class Together:
    """Runs in one thread, one after the other, what blocks. Those that ask meanwhile share the next round.

    Args:
        loop: in which they ask.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread = ThreadPoolExecutor(1, "disk")
        self._next: list[tuple[Wait, asyncio.Future[None]]] = []
        self._is_busy = False
        self._alone = _FEW
        """Rounds that nobody shared, since the last one that was."""

    def wait(self, wait: Wait) -> asyncio.Future[None]:
        """Done once a call of ``wait`` that began after this one has returned; what it raises is raised there."""
        future = self._loop.create_future()
        self._next.append((wait, future))
        if not self._is_busy:
            self._schedule()
        return future

    def _schedule(self) -> None:
        self._is_busy = True
        if self._alone < _FEW:
            self._loop.call_later(DELAY, self._begin)
        else:
            self._begin()

    def _begin(self) -> None:
        waiting, self._next = self._next, []
        self._thread.submit(self._run, waiting)

    def _run(self, waiting: _Waiting) -> None:
        """In the thread."""
        failures: dict[Wait, BaseException | None] = {}
        for wait in dict.fromkeys(wait for wait, _ in waiting):
            failures[wait] = None
            try:
                wait()
            except BaseException as error:  # noqa: BLE001 - raised in the event loop, by each that waits for it
                failures[wait] = error
        self._loop.call_soon_threadsafe(self._end, waiting, failures)

    def _end(self, waiting: _Waiting, failures: Mapping[Wait, BaseException | None]) -> None:
        self._is_busy = False
        self._alone = self._alone + 1 if len(waiting) + len(self._next) == 1 else 0
        if self._next:
            self._schedule()
        for wait, future in waiting:
            if future.done():  # its request was given up
                continue
            if (error := failures[wait]) is None:
                future.set_result(None)
            else:
                future.set_exception(error)
