"""Where an endpoint's requests are answered: in the event loop, as long as that is quick, or in threads."""

import time
from collections.abc import Callable, Set
from typing import Final

from gatepass_server.web.direct.answering import Answering
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.request import DirectRequest
from gatepass_server.web.plain_answer import PlainAnswer

LONGEST = 0.01
"""Seconds of CPU time that an answer may take in the event loop, on average: two signatures of RSA-2048 take 2 ms, of
RSA-4096 twelve. (Time that others took from this process would say that a busy machine is a slow one.)"""

_PAUSE = 10.0
"""Seconds in threads before the event loop is tried again."""

_WEIGHT = 1 / 16
"""Of the newest answer in the average."""


class Pace:
    """How much of the event loop the answers of one endpoint take.

    Args:
        now: seconds, from any beginning.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._average = 0.0
        self._slow_until = 0.0

    def note(self, seconds: float) -> None:
        """An answer took so much CPU time."""
        self._average += (seconds - self._average) * _WEIGHT
        if self._average > LONGEST:
            self._slow_until = self._now() + _PAUSE
            self._average = 0.0

    def is_quick(self) -> bool:
        """Whether the next one may hold it, too."""
        return not self._slow_until or self._now() >= self._slow_until


class Placed:
    """An endpoint, and where it is answered.

    Args:
        answering: the endpoint.
        in_loop: lanes whose requests the event loop answers, while they are quick.

    Attributes:
        pace: Of what it answered in the event loop.
    """

    def __init__(self, answering: Answering, in_loop: Set[Lane]) -> None:
        self._answering = answering
        self._in_loop = in_loop
        self.pace: Final = Pace()

    def __call__(self, request: DirectRequest) -> PlainAnswer | None:
        """See ``Answering``."""
        return self._answering(request)

    def lane(self, request: DirectRequest) -> Lane:
        """Where it is to be answered."""
        lane = self._answering.lane(request)
        return Lane.LOOP if lane in self._in_loop and self.pace.is_quick() else lane

    def thread_lane(self, request: DirectRequest) -> Lane:
        """Where it is to be answered if the event loop cannot: it would wait there."""
        return self._answering.lane(request)
