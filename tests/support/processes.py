"""Real processes that do the same thing at the same moment."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from typing import TypeVar

Result = TypeVar("Result")

_barrier: Barrier | None = None


class Processes:
    """A few processes that stay warm from test to test."""

    def __init__(self, executor: ProcessPoolExecutor, count: int) -> None:
        self._executor = executor
        self.count = count

    def race(self, function: Callable[[str, int], Result], argument: str) -> list[Result]:
        """Call ``function(argument, number)`` in all processes at once; what each returned."""
        futures = [
            self._executor.submit(_after_barrier, function, argument, number) for number in range(self.count)
        ]
        return [future.result(timeout=60) for future in futures]


@contextmanager
def processes(count: int) -> Iterator[Processes]:
    """Start processes of their own, and end them.

    Nothing is forked from the tests: they are forked from a process that has imported the server and done nothing else,
    for to import it is most of what they would do.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["gatepass_server.bootstrap"])
    barrier = context.Barrier(count, timeout=60)
    with ProcessPoolExecutor(count, mp_context=context, initializer=_keep, initargs=(barrier,)) as executor:
        yield Processes(executor, count)


def _keep(barrier: Barrier) -> None:
    global _barrier  # noqa: PLW0603 - a barrier can be handed over only when a process starts
    _barrier = barrier


def _after_barrier(function: Callable[[str, int], Result], argument: str, number: int) -> Result:
    if _barrier is None:
        raise RuntimeError("This runs only in the processes of processes().")
    _barrier.wait()  # a process that waits takes no second task, so each gets one
    return function(argument, number)
