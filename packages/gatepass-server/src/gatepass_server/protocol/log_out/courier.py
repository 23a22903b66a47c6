"""The thread of each process that carries notices."""

import threading
from collections.abc import Callable
from typing import Final

from gatepass.forks import mend_after_forks
from gatepass_server.observe.logs import get_logger

PAUSE: Final = 2.0
"""Seconds between two looks into the queue."""

_log = get_logger(__name__)


class Courier:
    """Runs a piece of work again and again beside the requests, for as long as the process lives.

    Args:
        work: Does some of what is due, and says how much it did; nothing means that nothing is left.
        pause: Seconds to wait when nothing is left.
    """

    def __init__(self, work: Callable[[], int], *, pause: float = PAUSE) -> None:
        self._work = work
        self._pause = pause
        self.after_fork()
        mend_after_forks(self)

    def after_fork(self) -> None:
        """Go on in a child, where the thread is not."""
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in this process, unless it has begun: may be called at every request."""
        if self._thread is not None:
            return
        with self._lock:
            thread = threading.Thread(target=self._run, name="gatepass-courier", daemon=True)
            if self._thread is None:
                thread.start()
                self._thread = thread

    def stop(self) -> None:
        """End after what is under way; what is left waits for another process."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._over.set()
        if thread is not None:
            thread.join(10)
        self._over = threading.Event()

    def _run(self) -> None:
        over = self._over
        is_troubled = False
        while not over.is_set():
            try:
                did = self._work()
                is_troubled = False
            except Exception as error:  # noqa: BLE001 - whatever it is (the database is away), the next try may work
                did = 0
                if not is_troubled:  # an outage fills no log with the same line
                    _log.warning("courier_troubled", error=type(error).__name__, reason=str(error))
                is_troubled = True
            if not did:
                over.wait(self._pause)
