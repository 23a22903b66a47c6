"""Errands of several requests, each built on the answer before: many at once, from one thread.

Threads of this process would take turns with each other for Python's lock, and push the server out of the caches of the
cores that it shares with them: with eight of them, an introspection took a third more CPU time than with one.
"""

import select
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from bench.http_client import TIMEOUT, Connection

Errand = Generator[tuple[bytes, int], bytes, None]
"""Yields a request and the status that its answer must have, and is sent the answer's body."""


def follow(connection: Connection, errand: Errand) -> None:
    """Do one errand."""
    all_at_once([(connection, lambda: errand)], 1)


def all_at_once(tasks: Sequence[tuple[Connection, Callable[[], Errand]]], count: int) -> list[float]:
    """Do ``count`` errands, one under way on every connection.

    Returns:
        How long each took, in milliseconds.
    """
    waits: list[float] = []
    poll = select.epoll()
    try:
        by_number = {connection.fileno(): _Worker(connection, task) for connection, task in tasks}
        workers = list(by_number.values())[:count]
        for worker in workers:
            poll.register(worker.connection.fileno(), select.EPOLLIN)
            worker.begin()
        left = count - len(workers)
        while len(waits) < count:
            ready = poll.poll(TIMEOUT)
            if not ready:
                raise TimeoutError(f"No answer within {TIMEOUT:.0f} s.")
            for number, _ in ready:
                worker = by_number[number]
                if not worker.go_on():
                    continue
                waits.append((time.perf_counter() - worker.begun) * 1000)
                if left:
                    left -= 1
                    worker.begin()
        return waits
    finally:
        poll.close()


@dataclass(slots=True)
class _Worker:
    """A connection, and the errand that is under way on it."""

    connection: Connection
    task: Callable[[], Errand]
    begun: float = 0.0
    _errand: Errand | None = None
    _status: int = 0

    def begin(self) -> None:
        self._errand = self.task()
        self.begun = time.perf_counter()
        self._send(next(self._errand))

    def go_on(self) -> bool:
        """Read what is there; True once the errand is done."""
        answer = self.connection.receive()
        if answer is None or self._errand is None:
            return False
        status, body = answer
        if status != self._status:
            raise RuntimeError(f"Expected {self._status}, got {status}: {body[:500]!r}")
        try:
            self._send(self._errand.send(body))
        except StopIteration:
            return True
        return False

    def _send(self, step: tuple[bytes, int]) -> None:
        message, self._status = step
        self.connection.send(message)
