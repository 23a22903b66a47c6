"""``gatepass`` and other programs, in processes of their own that start warm (``warm_python.py``)."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).parents[2]
_LONGEST_NUMBER = 16


class WarmProcess:
    """A process, much like ``subprocess.Popen``.

    Args:
        command: ``gatepass``, ``-m MODULE`` or a file of Python, with its arguments.
        environment: The whole of it.
        folder: Where it runs.
        files: Its standard input, output and error.
        start_new_session: Whether it is the first of a group of its own.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        files: tuple[IO[bytes], IO[bytes], IO[bytes]],
        start_new_session: bool = False,
    ) -> None:
        request = {
            "command": command,
            "environment": dict(environment),
            "folder": str(folder),
            "start_new_session": start_new_session,
        }
        self._command = list(command)
        self._line, other_end = _pair()
        with other_end:
            numbers = [*(file.fileno() for file in files), other_end.fileno()]
            socket.send_fds(_warm_python(), [json.dumps(request).encode()], numbers)
        self.pid = int(self._line.recv(_LONGEST_NUMBER))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        try:
            return self.wait(timeout=0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float) -> int:
        """Wait for the end; the exit status.

        Raises:
            TimeoutExpired: it is still running.
        """
        if self.returncode is None:
            self._line.settimeout(timeout)
            try:
                self.returncode = int(self._line.recv(_LONGEST_NUMBER))
            except (BlockingIOError, TimeoutError):
                raise subprocess.TimeoutExpired(self._command, timeout) from None
            self._line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """To it alone. Nothing happens where it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


def _pair() -> tuple[socket.socket, socket.socket]:
    """Two ends between which messages stay whole."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


@cache
def _warm_python() -> socket.socket:
    """The way to the process that forks, which ends with this one."""
    ours, theirs = _pair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm_python", str(theirs.fileno())],
            cwd=_ROOT,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the tests
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours
