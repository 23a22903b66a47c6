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
        future = self._loop.create_future()
        descriptor = arriving.fileno()
        self._loop.add_reader(descriptor, self._look, arriving, descriptor, future)
        late = self._loop.call_later(LATE, self._give_up, arriving, descriptor, future)
        future.add_done_callback(lambda _: late.cancel())
        return future

    def _look(self, arriving: Arriving, descriptor: int, future: asyncio.Future[None]) -> None:
        if arriving.is_here():
            self._end(arriving, descriptor, future)

    def _give_up(self, arriving: Arriving, descriptor: int, future: asyncio.Future[None]) -> None:
        arriving.give_up()
        self._end(arriving, descriptor, future)

    def _end(self, arriving: Arriving, descriptor: int, future: asyncio.Future[None]) -> None:
        self._loop.remove_reader(descriptor)
        try:
            arriving.wait()
        except BaseException as error:  # noqa: BLE001 - raised by who waits for it
            if not future.done():
                future.set_exception(error)
        else:
            if not future.done():
                future.set_result(None)
