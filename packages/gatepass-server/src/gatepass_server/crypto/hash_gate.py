"""Password hashes cost cores and memory: only so many run at once, and only so many wait."""

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from gatepass_server.domain.errors import Busy


class SharedSlots(Protocol):
    """A semaphore that several processes share, such as ``multiprocessing.BoundedSemaphore``."""

    def acquire(self, block: bool = ..., timeout: float | None = ...) -> bool:
        """Take one, waiting up to ``timeout`` seconds."""
        ...

    def release(self) -> None:
        """Give one back."""
        ...


class HashGate:
    """Never more than ``slots`` hashes at once; at most ``queue`` requests of this process wait behind them.

    A request first takes a place (``admitted``), before it costs anything else, and then waits for its turn
    (``slot``), first come, first served::

        with gate.admitted(address) as admission:
            ...  # read the account
            with admission.slot():
                hasher.verify(...)

    One caller gets at most three quarters of the queue: who sends many requests at once leaves places to the others.

    Args:
        slots: hashes that may run at once, 1 or more.
        queue: requests that may be admitted beyond ``slots``, 0 or more.
        patience_seconds: the longest wait for a turn, here and among the workers together.
        shared: counts the hashes of all worker processes together; None where this process is the only one.
    """

    def __init__(
        self, slots: int, queue: int, patience_seconds: float, *, shared: SharedSlots | None = None
    ) -> None:
        if slots < 1 or queue < 0 or not 0 <= patience_seconds <= threading.TIMEOUT_MAX:
            raise ValueError("A hash gate needs a slot, and a queue and patience that are not negative.")
        self._places = slots + queue
        self._places_of_one = self._places - (queue + 2) // 4
        self._patience = patience_seconds
        self._shared = shared
        self._lock = threading.Lock()
        self._admitted = Counter[str]()
        self._free = slots
        self._waiting: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for their turn now."""
        return len(self._waiting)

    @contextmanager
    def admitted(self, caller: str) -> Iterator["Admission"]:
        """Hold a place for ``caller``, such as an address, until the block ends.

        Raises:
            Busy: all places are taken, or all that one caller may have.
        """
        with self._lock:
            if self._admitted.total() >= self._places:
                raise self._busy("the queue for password hashing is full")
            if self._admitted[caller] >= self._places_of_one:
                raise self._busy("one caller holds three quarters of the queue for password hashing")
            self._admitted[caller] += 1
        try:
            yield Admission(self)
        finally:
            with self._lock:
                self._admitted[caller] -= 1
                if not self._admitted[caller]:
                    del self._admitted[caller]

    def _enter(self) -> None:
        with self._lock:
            if self._free:  # a freed slot is handed to whoever waits, so a free one means that nobody does
                self._free -= 1
                return
            turn = threading.Event()
            self._waiting.append(turn)
        try:
            granted = turn.wait(self._patience)
        except BaseException:
            if self._withdraw(turn):
                self._leave()
            raise
        if not granted and not self._withdraw(turn):
            raise self._busy(f"waited {self._patience:g} s for a turn to hash a password")

    @contextmanager
    def _shared_slot(self, waiting_since: float) -> Iterator[None]:
        if self._shared is None:
            yield
            return
        patience_left = waiting_since + self._patience - time.monotonic()
        if not self._shared.acquire(timeout=max(0.0, patience_left)):
            raise self._busy(f"waited {self._patience:g} s for the other workers to hash their passwords")
        try:
            yield
        finally:
            self._shared.release()

    def _withdraw(self, turn: threading.Event) -> bool:
        """Stop waiting. True if the turn had come already, and is the caller's."""
        with self._lock:
            if turn.is_set():
                return True
            self._waiting.remove(turn)
            return False

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1

    def _busy(self, reason: str) -> Busy:
        # Within the patience, whoever is here now has had a turn or has left.
        retry_after = math.ceil(self._patience)
        return Busy("The server is busy. Please try again shortly.", retry_after=retry_after, reason=reason)


class Admission:
    """A place at the gate."""

    def __init__(self, gate: HashGate) -> None:
        self._gate = gate
        self._hashing = False

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a turn and hold it until the block ends. Can be used again, one turn at a time.

        Raises:
            Busy: no turn came within the patience.
        """
        if self._hashing:
            raise RuntimeError("this admission holds a slot already; waiting for another could last forever")
        waiting_since = time.monotonic()
        self._gate._enter()  # noqa: SLF001 - the two classes are one mechanism
        self._hashing = True
        try:
            with self._gate._shared_slot(waiting_since):  # noqa: SLF001 - the two classes are one mechanism
                yield
        finally:
            self._hashing = False
            self._gate._leave()  # noqa: SLF001 - the two classes are one mechanism
