"""Work that ends in time, whatever the other side does."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Deadline(Generic[T]):
    """Runs work in a thread of its own and waits for it no longer than it may take.

    The timeout of a socket begins anew with every byte that arrives, and looking up a name has none at all, so
    only somebody who stands outside can keep the time. When it is up the connection is shut, which ends the
    thread as well.

    Args:
        seconds: For the whole of the work.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._over = False
        self._sockets: list[socket.socket] = []
        self._done = threading.Event()
        self._value: list[T] = []
        self._error: Exception | None = None

    def watch(self, connection: socket.socket) -> None:
        """Shut this connection when the time is up; the work names here what it opens.

        Raises:
            TimeoutError: It is up already.
        """
        with self._lock:
            if self._over:
                raise TimeoutError("the time is up")
            self._sockets.append(connection)

    def run(self, work: Callable[[], T]) -> T:
        """Return what the work returns, or raise what it raises.

        Raises:
            TimeoutError: It took too long.
            RuntimeError: No thread could be started.
        """
        threading.Thread(target=self._work, args=(work,), name="gatepass-fetch", daemon=True).start()
        if not self._done.wait(self._seconds):
            self._end()
            raise TimeoutError(f"not complete after {self._seconds:g} s")
        if self._error is not None:
            raise self._error
        return self._value[0]

    def _work(self, work: Callable[[], T]) -> None:
        try:
            self._value.append(work())
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            self._error = error
        finally:
            self._done.set()

    def _end(self) -> None:
        with self._lock:
            self._over = True
            for connection in self._sockets:
                with suppress(OSError):  # closed meanwhile
                    # The plain shutdown: that of a TLS connection would take its encryption off first.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
