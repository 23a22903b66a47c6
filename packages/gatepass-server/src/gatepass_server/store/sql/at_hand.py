"""Connections to PostgreSQL that are open already, for who must not wait until one is."""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.pq import PipelineStatus, TransactionStatus
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from gatepass_server.store.ports.patience import WouldWait, must_not_wait
from gatepass_server.store.sql.failures import DATABASE_ERRORS
from gatepass_server.store.sql.postgresql import is_dead

if TYPE_CHECKING:
    from psycopg import Connection

MOST: Final = 4
"""Of a process. The commits of a disk that takes ten milliseconds are four at a time where a refresh takes three."""

_PAUSE: Final = 1.0
"""Seconds after which another one is opened where the last could not be."""

_LONG_PAUSE: Final = 60.0
"""The same where the server gives none that is good for an event loop."""

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
        at_hand, self._at_hand = self._at_hand, None
        if at_hand is not None:
            at_hand.drop(self.dbapi_connection)

    def close(self) -> None:
        """Put it back."""
        if self._at_hand is None:
            return
        if _is_idle(self.dbapi_connection):
            self._at_hand.put(self)
        else:  # what is under way on it is somebody's, and nobody else's
            self.invalidate()


class AtHand:
    """Lends connections to an event loop. Threads open them, and close them.

    Args:
        connect: opens one; None where those that it opens are no good here.
    """

    def __init__(self, connect: "Callable[[], Connection[Any] | None]") -> None:
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
        while (loan := self._pop()) is not None:
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
            if loan in self._free:
                raise RuntimeError("A connection was given back twice.")
            if not self._is_closed:
                self._free.append(loan)
                return
        loan.invalidate()

    def drop(self, connection: "Connection[Any]") -> None:
        """Close it, elsewhere: what it is still waiting for is cancelled first, for others may wait for that."""
        with self._lock:
            self._count -= 1
        if (
            connection.closed
            or connection.pgconn.transaction_status != TransactionStatus.ACTIVE
            or not _start("cancel", partial(_cancel, connection))
        ):
            connection.close()

    def close(self) -> None:
        """Close those that are free, and the others when they come back."""
        with self._lock:
            self._is_closed = True
        while (loan := self._pop()) is not None:
            loan.invalidate()

    def _pop(self) -> Loan | None:
        with self._lock:
            return self._free.pop() if self._free else None

    def _open_one(self) -> None:
        with self._lock:
            if self._is_opening or self._is_closed or self._count >= MOST or time.monotonic() < self._next_at:
                return
            self._is_opening = True
            self._count += 1
        if not _start("connect", self._open):
            self._opened(None, _PAUSE)

    def _open(self) -> None:
        """In a thread."""
        connection: Connection[Any] | None = None
        pause = _PAUSE
        try:
            connection = self._connect()
            pause = _LONG_PAUSE
        except (OSError, psycopg.Error, *DATABASE_ERRORS):
            return  # it fails for the request, too, which is begun anew in a thread, and tells it
        finally:
            self._opened(connection, pause)

    def _opened(self, connection: "Connection[Any] | None", pause: float) -> None:
        with self._lock:
            self._is_opening = False
            if connection is None:
                self._count -= 1
                self._next_at = time.monotonic() + pause
        if connection is not None:
            self.put(Loan(self, connection))


def _is_idle(connection: "Connection[Any]") -> bool:
    pgconn = connection.pgconn
    return (
        pgconn.transaction_status == TransactionStatus.IDLE and pgconn.pipeline_status == PipelineStatus.OFF
    )


def _start(name: str, act: Callable[[], None]) -> bool:
    """Do something in a thread. False where the machine has none left."""
    try:
        threading.Thread(target=act, name=name, daemon=True).start()
    except RuntimeError:
        return False
    return True


def _cancel(connection: "Connection[Any]") -> None:
    try:
        with suppress(OSError, psycopg.Error):  # the server is not there: then nothing of it waits
            connection.cancel_safe(timeout=_CANCEL_SECONDS)
    finally:
        connection.close()
