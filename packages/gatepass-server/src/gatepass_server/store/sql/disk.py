"""Waiting until what was committed to an SQLite file is on the disk; many wait together."""

import os
import threading
from collections.abc import Callable
from typing import Final

from gatepass_server.domain.errors import OperatorError

_sync: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)


class _Round:
    """One time that the disk is waited for."""

    __slots__ = ("failure", "is_over")

    def __init__(self) -> None:
        self.is_over = False
        self.failure: Exception | None = None


class Disk:
    """The write-ahead log of a file, whose commits do not wait for the disk themselves.

    With ``synchronous = FULL``, SQLite syncs the log within a commit, while it holds the lock of all writers. With
    ``NORMAL`` it writes the same, in the same order, and this is that sync, made afterwards: once for all whose commits
    came before it (https://sqlite.org/wal.html#performance_considerations). What a log that begins anew needs, the sync
    of its header and of its folder, SQLite does either way, and nothing leaves the log before it is synced.

    Args:
        path: of the database file.
    """

    def __init__(self, path: str) -> None:
        self._path: Final = f"{path}-wal"
        self._changed: Final = threading.Condition()
        self._next = _Round()
        self._is_busy = False

    def wait(self) -> None:
        """Return once everything that was committed before this call is on the disk.

        The connection that committed must be open still: with the last one, the log goes.

        Raises:
            OperatorError: the disk fails; what was committed is seen by everybody, and may not outlive a power cut.
        """
        with self._changed:
            mine = self._next  # it begins later than this commit
            while self._is_busy and not mine.is_over:
                self._changed.wait()
            leads = not mine.is_over
            if leads:
                self._next = _Round()
                self._is_busy = True
        if leads:
            self._lead(mine)
        if mine.failure is not None:
            raise OperatorError(
                "The database could not be written to its disk. Look at the disk; it may be failing.",
                reason=str(mine.failure),
            )

    def _lead(self, mine: _Round) -> None:
        mine.failure = InterruptedError("nobody waited to the end")
        try:
            log = os.open(self._path, os.O_RDWR)
            try:
                _sync(log)
            finally:
                os.close(log)
        except OSError as error:
            mine.failure = error
        else:
            mine.failure = None
        finally:
            with self._changed:
                mine.is_over = True
                self._is_busy = False
                self._changed.notify_all()
