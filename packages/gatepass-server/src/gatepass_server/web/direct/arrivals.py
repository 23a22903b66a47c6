"""Waiting in the event loop for what a server of databases has still to answer."""

import asyncio
from typing import Final

from gatepass_server.store.ports.patience import Arriving

LATE: Final = 10.0
"""Seconds after which it is given up; as long as a statement may take."""


class Arrivals:
    """Waits for sockets, and holds nobody up meanwhile.

    Args:
        loop: in which it waits.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def wait(self, arriving: Arriving) -> asyncio.Future[None]:
        """Done when it has come; what ``Arriving.wait`` raises is raised there.

        It is ended also where nobody waits for it any more.

        Raises:
            NotImplementedError: this event loop watches no sockets, as on Windows.
        """
        return _Arrival(self._loop, arriving).future


class _Arrival:
    """What is waited for, until it is ended, once."""

    __slots__ = ("_arriving", "_descriptor", "_late", "_loop", "future")

    def __init__(self, loop: asyncio.AbstractEventLoop, arriving: Arriving) -> None:
        self._loop = loop
        self._arriving = arriving
        self._late: asyncio.TimerHandle | None = None
        self.future: Final = loop.create_future()
        if arriving.is_here():  # or its socket is gone
            self._finish()
            return
        self._descriptor = arriving.fileno()
        loop.add_reader(self._descriptor, self._look)
        self._late = loop.call_later(LATE, self._give_up)

    def _look(self) -> None:
        if self._arriving.is_here():
            self._end()

    def _give_up(self) -> None:
        self._arriving.give_up()
        self._end()

    def _end(self) -> None:
        if self._late is None:  # both came in one turn of the loop
            return
        self._late.cancel()
        self._late = None
        self._loop.remove_reader(self._descriptor)
        self._finish()

    def _finish(self) -> None:
        try:
            self._arriving.wait()
        except BaseException as error:  # noqa: BLE001 - raised by who waits for it
            if not self.future.done():
                self.future.set_exception(error)
        else:
            if not self.future.done():
                self.future.set_result(None)
