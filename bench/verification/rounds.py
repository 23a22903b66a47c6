"""The clocks: CPU time of one thread, and the wall clock of eight that share one verifier."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from threading import Barrier
from typing import Protocol

from bench.verification.sides import Side

THREADS = 8


class Timed(Protocol):
    """One competitor of a round."""

    @property
    def name(self) -> str:
        """As it is printed."""

    def cpu(self) -> float:
        """Microseconds of CPU time for one call, alone in its thread."""

    def wall(self) -> float:
        """Microseconds of wall-clock time for each call of eight threads together."""


class InPython:
    """A side of this process; ``seconds`` is about how long one measure takes."""

    def __init__(self, side: Side, *, seconds: float) -> None:
        self.name = side.name
        self._call, self._items = side.call, side.items
        self._repeats = 1
        self._run(1)
        alone = self.cpu() * len(self._items) / 1e6
        self._repeats = max(1, ceil(seconds / alone))

    def cpu(self) -> float:
        begun = time.thread_time()
        self._run(self._repeats)
        return (time.thread_time() - begun) * 1e6 / (self._repeats * len(self._items))

    def wall(self) -> float:
        repeats = ceil(self._repeats / 2)
        started: list[float] = []
        barrier = Barrier(THREADS, action=lambda: started.append(time.perf_counter()))

        def work(_number: int) -> float:
            barrier.wait()
            self._run(repeats)
            return time.perf_counter()

        with ThreadPoolExecutor(THREADS) as threads:
            ended = max(threads.map(work, range(THREADS)))
        return (ended - started[0]) * 1e6 / (THREADS * repeats * len(self._items))

    def _run(self, repeats: int) -> None:
        call, items = self._call, self._items
        for _ in range(repeats):
            for item in items:
                call(item)


def take_turns(sides: Sequence[Timed], rounds: int, *, threads: int) -> dict[str, list[float]]:
    """Microseconds of each side in each round; every round begins with another side."""
    found: dict[str, list[float]] = {side.name: [] for side in sides}
    for turn in range(rounds):
        first = turn % len(sides)
        for side in (*sides[first:], *sides[:first]):
            found[side.name].append(side.cpu() if threads == 1 else side.wall())
    return found
