"""Answering in the event loop, where everybody else waits meanwhile."""

import asyncio
import time
from typing import Protocol

from gatepass_server.domain.errors import Busy
from gatepass_server.store.ports.patience import Arriving, Owed, WithoutWaiting, take_owed
from gatepass_server.web.direct.arrivals import Arrivals
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.placed import Pace
from gatepass_server.web.direct.request import DirectRequest
from gatepass_server.web.direct.together import Together
from gatepass_server.web.direct.turns import Turns
from gatepass_server.web.plain_answer import PlainAnswer

_RETRY_SECONDS = 1
_WITHOUT_WAITING = WithoutWaiting()


class Direct(Protocol):
    """Answers requests at one address without the application."""

    def __call__(self, request: DirectRequest) -> PlainAnswer | None:
        """The answer; None where the application is to answer."""
        ...

    def lane(self, request: DirectRequest) -> Lane:
        """Where it is to be answered."""
        ...

    def thread_lane(self, request: DirectRequest) -> Lane:
        """Where it is to be answered if the event loop cannot: it would wait there."""
        ...

    @property
    def pace(self) -> Pace:
        """Of what the event loop answers."""
        ...


class InLoop:
    """Asks direct endpoints in the event loop.

    What an answer owes to the disk is waited for in a thread, what it owes to a server of databases by its socket.

    Args:
        loop: of this thread.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._turns = Turns(loop)
        self._together = Together(loop)
        self._arrivals = Arrivals(loop)

    async def answer(self, direct: Direct, request: DirectRequest) -> PlainAnswer | None:
        """The answer; None where the application is to answer.

        Raises:
            WouldWait: the database lets it wait, and nothing was kept.
            Busy: what comes in now would wait for too long.
            OperatorError: the disk fails.
        """
        if request.body and self._turns.are_late():
            raise Busy(
                "The server is busy. Please try again shortly.",
                retry_after=_RETRY_SECONDS,
                reason="the event loop is late",
            )
        begun = time.thread_time()
        try:
            with _WITHOUT_WAITING:
                answer = direct(request)
        except BaseException:
            if (owed := take_owed()) is not None:  # its connection is for others
                self._landing(owed).add_done_callback(_forget)
            raise
        direct.pace.note(time.thread_time() - begun)
        owed = take_owed()
        return answer if owed is None else await self._settled(answer, owed)

    async def _settled(self, answer: PlainAnswer | None, owed: Owed) -> PlainAnswer | None:
        try:
            await self._landing(owed)
        except Exception as error:
            if answer is None or answer.settle is None:
                raise
            return answer.settle(answer, error)
        return answer if answer is None or answer.settle is None else answer.settle(answer, None)

    def _landing(self, owed: Owed) -> asyncio.Future[None]:
        if isinstance(owed, Arriving):
            try:
                return self._arrivals.wait(owed)
            except NotImplementedError:  # this event loop watches no sockets
                pass
        return self._together.wait(owed.wait)


def _forget(landing: asyncio.Future[None]) -> None:
    """Nobody is told what came of it."""
    if not landing.cancelled():
        landing.exception()
