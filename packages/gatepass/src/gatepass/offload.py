"""Run what blocks beside an event loop of asyncio."""

from __future__ import annotations

import contextvars
import functools
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

from gatepass.forks import mend_after_forks

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

THREADS = 4
"""Threads that block at once, waiting for something to be fetched for instance; whoever else has to, queues."""

LINGER = 10.0
"""Seconds for which a thread waits for something new to do before it ends."""


class Offload:
    """A few threads of its own, so that a slow issuer never fills those that the whole program shares.

    They are daemons, so none is waited for when the program ends, and a child that was forked starts its own.
    """

    def __init__(self) -> None:
        self.after_fork()
        mend_after_forks(self)

    def after_fork(self) -> None:
        """Forget the threads, which a fork leaves behind, and what they were to do."""
        self._wakes = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._threads = 0
        self._idle = 0

    async def run(self, work: Callable[[*Ts], T], *arguments: *Ts) -> T:
        """Run a function in one of the threads.

        Raises:
            RuntimeError: No loop of asyncio is running here, or no thread could be started.
        """
        import asyncio  # noqa: PLC0415 - who gets here has loaded it, and nobody else should

        call = functools.partial(contextvars.copy_context().run, work, *arguments)
        job = _Job(call, asyncio.get_running_loop())
        with self._wakes:
            self._jobs.append(job)
            fresh = self._idle < len(self._jobs) and self._threads < THREADS
            self._threads += fresh
            self._wakes.notify()
        if fresh:
            self._start(job)
        result: T = await job.future
        return result

    def _start(self, job: _Job) -> None:
        try:
            threading.Thread(target=self._work, name="gatepass", daemon=True).start()
        except RuntimeError:
            with self._wakes:
                self._threads -= 1
                if self._threads == 0 and job in self._jobs:  # otherwise another thread comes to it
                    self._jobs.remove(job)
                    raise

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job.run()
            del job  # what it holds is not held any longer while waiting for the next

    def _next(self) -> _Job | None:
        """Wait for something to do; ``None`` when nothing comes, and then the thread counts as ended."""
        with self._wakes:
            self._idle += 1
            try:
                self._wakes.wait_for(lambda: self._jobs, LINGER)
            finally:
                self._idle -= 1
            if self._jobs:
                return self._jobs.popleft()
            self._threads -= 1
            return None


class _Job:
    """A call, and the future in which somebody awaits what comes of it."""

    def __init__(self, call: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.future: asyncio.Future[Any] = loop.create_future()
        self._call = call
        self._loop = loop

    def run(self) -> None:
        if self.future.cancelled():
            return
        value, error = None, None
        try:
            value = self._call()
        except BaseException as raised:  # noqa: BLE001 - raised again where it is awaited
            error = raised
        with suppress(RuntimeError):  # the loop was closed meanwhile, so nobody awaits it any more
            self._loop.call_soon_threadsafe(self._settle, value, error)

    def _settle(self, value: object, error: BaseException | None) -> None:
        if self.future.done():  # cancelled
            return
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(value)
