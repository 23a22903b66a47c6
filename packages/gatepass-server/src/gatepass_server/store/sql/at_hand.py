"""Connections to PostgreSQL that are open already, for who must not wait until one is."""

import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from gatepass_server.store.ports.patience import WouldWait, must_not_wait
from gatepass_server.store.sql.failures import DATABASE_ERRORS
from gatepass_server.store.sql.postgresql import is_dead

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection

MOST: Final = 4
"""Of a process. The commits of a disk that takes ten milliseconds are four at a time where a refresh takes three."""

_PAUSE: Final = 1.0
"""Seconds after which another one is opened where the last could not be."""

_CANCEL_SECONDS: Final = 5.0


class Loan:
    """A connection, while somebody has it and while it lies there. It has the shape of what SQLAlchemy's pools lend.

    Attributes:
        dbapi_connection: That of the driver.
        info: What is remembered of it.
    """

    __slots__ = ("_at_hand", "dbapi_connection", "info")

    def __init__(self, at_hand: "AtHand", connection: "Connection[Any]") -> None:
        self._at_hand: AtHand | None = at_hand
        self.dbapi_connection: Final = connection
        self.info: Final[dict[Any, Any]] = {}

    def invalidate(self, _error: BaseException | None = None) -> None:
        """It is good for nothing any more."""
        if self._at_hand is not None:
            self._at_hand.drop(self.dbapi_connection)
            self._at_hand = None

    def close(self) -> None:
        """Put it back."""
        if self._at_hand is not None:
            self._at_hand.put(self)


class AtHand:
    """Lends connections to an event loop. Threads open them, and close them.

    Args:
        connect: opens one.
    """

    def __init__(self, connect: "Callable[[], Connection[Any]]") -> None:
        self._connect = connect
        self.leave()

    def leave(self) -> object:
        """Begin with none, after a fork: those of the parent are its own, and must not be closed here.

        Returns:
            What must be kept for that.
        """
        left = getattr(self, "_free", None)
        self._free: deque[Loan] = deque()
        self._lock = threading.Lock()
        self._count = 0
        self._next_at = 0.0
        self._is_opening = self._is_closed = False
        return left

    def take(self) -> Loan:
        """The one that was used last. Where none is free, one is opened for those who come later.

        Raises:
            WouldWait: none is free.
            sqlalchemy.exc.TimeoutError: the same, for who has kept something.
        """
        while self._free:
            loan = self._free.pop()
            if not is_dead(loan.dbapi_connection):
                return loan
            loan.invalidate()
        self._open_one()
        if must_not_wait():
            raise WouldWait
        raise NoFreeConnection("no connection is at hand")

    def put(self, loan: Loan) -> None:
        """Have it lie there."""
        with self._lock:
            if not self._is_closed:
                self._free.append(loan)
                return
        loan.invalidate()

    def drop(self, connection: "Connection[Any]") -> None:
        """Close it, elsewhere: what it is still waiting for is cancelled first, for others may wait for that."""
        with self._lock:
            self._count -= 1
        if connection.closed or connection.pgconn.transaction_status != TransactionStatus.ACTIVE:
            connection.close()
        else:
            threading.Thread(target=_cancel, args=(connection,), name="cancel", daemon=True).start()

    def close(self) -> None:
        """Close those that are free, and the others when they come back."""
        with self._lock:
            self._is_closed = True
        while self._free:
            self._free.pop().invalidate()

    def _open_one(self) -> None:
        with self._lock:
            if self._is_opening or self._is_closed or self._count >= MOST or time.monotonic() < self._next_at:
                return
            self._is_opening = True
            self._count += 1
        threading.Thread(target=self._open, name="connect", daemon=True).start()

    def _open(self) -> None:
        """In a thread."""
        connection: Connection[Any] | None = None
        # What fails here fails for the request, too, which is begun anew in a thread, and tells it.
        with suppress(psycopg.Error, *DATABASE_ERRORS):
            connection = self._connect()
        with self._lock:
            self._is_opening = False
            if connection is None:
                self._count -= 1
                self._next_at = time.monotonic() + _PAUSE
        if connection is not None:
            self.put(Loan(self, connection))


def _cancel(connection: "Connection[Any]") -> None:
    with suppress(psycopg.Error):  # the server is not there: then nothing of it waits
        connection.cancel_safe(timeout=_CANCEL_SECONDS)
    connection.close()
