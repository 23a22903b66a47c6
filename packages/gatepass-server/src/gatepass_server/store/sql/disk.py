"""Waiting until what was committed to an SQLite file is on the disk; many wait together."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
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

    The kernel tells each open file once that something of it was lost, and then takes it for written. So the log is
    kept open, that no failure passes by; and after one nothing is on the disk until all of the log was folded into the
    database file. (A file that is open needs no descriptor either, when strangers have taken the last one.)

    Args:
        path: of the database file. SQLite keeps the log beside the file itself, not beside a link to it.
        fold: given that path, writes the whole log into the file, syncs that, and begins the log anew.
    """

    _log: int | None = None

    def __init__(self, path: str, fold: Callable[[str], None]) -> None:
        self._file: Final = os.path.realpath(path)
        self._path: Final = Path(f"{self._file}-wal")
        self._fold: Final = fold
        self._changed: Final = threading.Condition()
        self._next = _Round()
        self._is_busy = False
        self._has_lost = False

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

    def close(self) -> None:
        """Let go of the log, when nobody waits for it; who waits next opens it again."""
        with self._changed:
            while self._is_busy:
                self._changed.wait()
            self.leave()

    def leave(self) -> None:
        """The same, in a child process, where who waited is not."""
        log, self._log = self._log, None
        if log is not None:
            os.close(log)

    def __del__(self) -> None:
        self.leave()  # a descriptor is no object that closes itself

    def _lead(self, mine: _Round) -> None:
        mine.failure = InterruptedError("nobody waited to the end")
        try:
            if self._has_lost:
                self._fold(self._file)
                self._has_lost = False
            else:
                self._sync()
        except OSError as error:
            mine.failure = error
        else:
            mine.failure = None
        finally:
            with self._changed:
                mine.is_over = True
                self._is_busy = False
                self._changed.notify_all()

    def _sync(self) -> None:
        log = self._opened()
        try:
            _sync(log)
        except OSError:
            self._has_lost = True
            raise

    def _opened(self) -> int:
        """The log; another one where the last connection has closed, and one was opened again."""
        if self._log is None or not os.path.samestat(os.fstat(self._log), self._path.stat()):
            self.leave()
            self._log = os.open(self._path, os.O_RDWR)
        return self._log
