"""What Gatepass wants otherwise of Granian's processes: how they start, and that they stop."""

import os
import signal
import socket
import sys
import threading
import time
from importlib import import_module
from typing import Any

from granian.constants import Loops
from granian.server.mp import MPServer

_ENDS = {signal.SIGINT, signal.SIGTERM}


class SeveralProcesses(MPServer):
    """Granian with its workers in forks of the process that was started."""

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:
        """SIGHUP. There is nothing to load anew, and a server that changes its workers stops slowly."""

    def _spawn_workers(self, spawn_target: Any, target_loader: Any) -> None:
        # A worker that is told to stop before it can listen would not hear it: each unblocks them when it can.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
        super()._spawn_workers(spawn_target, target_loader)  # type: ignore[no-untyped-call]  # Granian's has no types
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)


class OneProcess(SeveralProcesses):
    """Granian with its one worker in the process that was started, rather than in a fork of it.

    A fork in time copies most of what it shares at first, because CPython counts references in those pages.
    Granian restarts no worker that dies, so nothing is lost with the second process. This rests on one seam
    of Granian: the activity of a worker's process returns when a signal has stopped the worker.
    """

    def _spawn_workers(self, spawn_target: Any, target_loader: Any) -> None:
        worker = self._spawn_worker(idx=0, target=spawn_target, callback_loader=target_loader)
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
        if not self.interrupt_signal:
            worker.inner.run()  # what a fork would run; it takes over the signals
            # As a fork ends. Granian has threads that Python does not know; one that wakes up while the interpreter
            # is taken down aborts the process.
            _end()


def event_loop() -> Loops:
    """The one that takes a tenth less of a small request, where there is one for this platform.

    It is imported here, for workers that are forked share what is.
    """
    try:
        import_module("uvloop")
    except ImportError:
        return Loops.asyncio
    return Loops.uvloop


def heed_signals(seconds: float) -> None:
    """In a worker that handles its signals now: let them come, and end its process ``seconds`` after the first.

    Requests that do not end would keep it alive. Its event loop goes on hearing of its signals: what is written for
    it to wake up is passed on.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    loop = signal.set_wakeup_fd(writer.fileno())

    def watch() -> None:
        told = False
        while not told:
            number = reader.recv(1)
            os.write(loop, number)
            told = number[0] in _ENDS
        time.sleep(seconds)
        writer.close()
        _end()

    threading.Thread(target=watch, name="exit-after-signal", daemon=True).start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)


def _end() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
