"""Connections to an SQLite file that lie ready for who comes next."""

import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any, Final


class Loan:
    """A connection, while somebody has it and while it lies there. It has the shape of what SQLAlchemy's pools lend.

    Attributes:
        dbapi_connection: That of the driver.
        info: What is remembered of it.
    """

    __slots__ = ("_shelf", "dbapi_connection", "info")

    def __init__(self, shelf: "deque[Loan]", connection: sqlite3.Connection) -> None:
        self._shelf: deque[Loan] | None = shelf
        self.dbapi_connection: Final = connection
        self.info: Final[dict[Any, Any]] = {}

    def invalidate(self, _error: BaseException | None = None) -> None:
        """It is good for nothing any more."""
        self._shelf = None
        self.dbapi_connection.close()

    def close(self) -> None:
        """Put it back."""
        if self._shelf is not None:
            self._shelf.append(self)


class Shelf:
    """Lends as many connections as are in use at once: nobody waits for one who reads SQLite.

    A pool that counts them, makes who comes late wait, and notes whether each loan came back, costs a tenth of an
    introspection. Those who come at once are bounded by the threads.

    Args:
        connect: opens one more, for any thread.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._free: deque[Loan] = deque()  # its ends are safe among threads

    def take(self) -> Loan:
        """The one that was used last, or a new one."""
        try:
            return self._free.pop()
        except IndexError:
            return Loan(self._free, self._connect())

    def close(self) -> None:
        """Close those that are not in use."""
        while self._free:
            try:
                loan = self._free.pop()
            except IndexError:  # somebody took the last one meanwhile
                return
            loan.invalidate()

    def leave(self) -> object:
        """Begin with none, after a fork: those of the parent are its own, and must not be closed here.

        Returns:
            What must be kept for that.
        """
        left, self._free = self._free, deque()
        return left
