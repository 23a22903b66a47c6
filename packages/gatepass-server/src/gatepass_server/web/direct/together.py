"""Waiting for the disk outside the event loop: once for all answers that wait for it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

Wait = Callable[[], None]
_Waiting = Sequence[tuple[Wait, asyncio.Future[None]]]


class Together:
    """Runs in one thread, one after the other, what blocks. Those that ask meanwhile share the next run.

    Args:
        loop: in which they ask.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread = ThreadPoolExecutor(1, "disk")
        self._next: list[tuple[Wait, asyncio.Future[None]]] = []
        self._is_busy = False

    def wait(self, wait: Wait) -> asyncio.Future[None]:
        """Done once a call of ``wait`` that began after this one has returned; what it raises is raised there."""
        future = self._loop.create_future()
        self._next.append((wait, future))
        if not self._is_busy:
            self._begin()
        return future

    def _begin(self) -> None:
        waiting, self._next = self._next, []
        self._is_busy = True
        self._thread.submit(self._run, waiting)

    def _run(self, waiting: _Waiting) -> None:
        """In the thread."""
        failures: dict[Wait, Exception | None] = {}
        for wait in dict.fromkeys(wait for wait, _ in waiting):
            failures[wait] = None
            try:
                wait()
            except Exception as error:  # noqa: BLE001 - raised in the event loop, by each that waits for it
                failures[wait] = error
        self._loop.call_soon_threadsafe(self._end, waiting, failures)

    def _end(self, waiting: _Waiting, failures: Mapping[Wait, Exception | None]) -> None:
        self._is_busy = False
        if self._next:
            self._begin()
        for wait, future in waiting:
            if future.done():  # its request was given up
                continue
            if (error := failures[wait]) is None:
                future.set_result(None)
            else:
                future.set_exception(error)
