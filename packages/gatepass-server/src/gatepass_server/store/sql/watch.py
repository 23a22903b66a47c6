"""Waiting for PostgreSQL in an event loop: not for long, and not where it is far away."""

import time
from typing import TYPE_CHECKING, Any, Final

from gatepass_server.store.ports.patience import must_not_wait
from gatepass_server.store.sql.hope import Hope

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.abc import PQGen

PATIENCE: Final = 0.1
"""Seconds without a word from the server, after which a request is begun anew in a thread.

The server itself ends sooner what has to wait there (``LIMITS_IN_EVENT_LOOP``). This is for one that does not answer
at all, or has no time; and then the connection is given up.
"""

LAST_PATIENCE: Final = 1.0
"""The same where it cannot be begun anew: something was kept, or may have been."""

FAR: Final = 0.001
"""Seconds. Where no round trip is shorter, threads had better wait for it."""

SLOW: Final = 0.005
"""Seconds. Where round trips are as long on average, all the more."""

_FEW: Final = 32
"""Round trips after which that is judged. The shortest tells how far it is: a busy machine makes others long."""

_FEWEST: Final = 3
_ENOUGH: Final = 0.05
"""Seconds that were waited in a few of them, after which that is judged earlier."""

_LONG_PAUSE: Final = 10.0
"""Seconds until a server that is far away or slow is tried again."""

_SHORT_PAUSE: Final = 0.5
"""The same for one that did not answer; twice as many each time, until it does."""


def patience() -> float:
    """How long this thread, of an event loop, waits for a word from the server; in seconds."""
    return PATIENCE if must_not_wait() else LAST_PATIENCE


class _Pause:
    """Twice as long each time, until it was of use."""

    def __init__(self) -> None:
        self._seconds = _SHORT_PAUSE

    def take(self) -> float:
        seconds = self._seconds
        self._seconds = min(2 * seconds, _LONG_PAUSE)
        return seconds

    def end(self) -> None:
        self._seconds = _SHORT_PAUSE


class Watch(Hope):
    """How long a server lets an event loop wait."""

    __slots__ = ("_after_commit", "_after_silence", "_count", "_shortest", "_sum")

    def __init__(self) -> None:
        super().__init__()
        self._after_silence = _Pause()
        self._after_commit = _Pause()
        self._count = 0
        self._sum = 0.0
        self._shortest = float("inf")

    def wait(self, driver: "Connection[Any]", answers: "PQGen[None]", *, is_short: bool = False) -> None:
        """Wait for the answers of one round trip.

        Args:
            driver: the connection.
            answers: raises where there is silence for too long.
            is_short: whether nothing depends on them, whatever was kept.

        Raises:
            psycopg.OperationalError: the server says nothing, or the connection is lost.
        """
        begun = time.perf_counter()
        self._wait(driver, answers, self._after_silence, is_short=is_short)
        self._note(time.perf_counter() - begun)

    def wait_for_commit(self, driver: "Connection[Any]", answers: "PQGen[None]", *, is_short: bool) -> None:
        """The same for those of a commit: its disk tells nothing of how far away the server is."""
        self._wait(driver, answers, self._after_commit, is_short=is_short)

    def _wait(
        self, driver: "Connection[Any]", answers: "PQGen[None]", pause: _Pause, *, is_short: bool
    ) -> None:
        try:
            driver.wait(answers, PATIENCE if is_short else patience())
        except Exception:
            self.lose(pause.take())
            raise
        pause.end()

    def _note(self, seconds: float) -> None:
        self._count += 1
        self._sum += seconds
        self._shortest = min(self._shortest, seconds)
        is_far = self._shortest > FAR
        if self._count >= _FEW or (is_far and self._count >= _FEWEST and self._sum > _ENOUGH):
            if is_far or self._sum > SLOW * self._count:
                self.lose(_LONG_PAUSE)
            self._count, self._sum, self._shortest = 0, 0.0, float("inf")
