"""A server of one worker needs no second process to watch it."""

import os
import signal
import socket
import threading
import time
from typing import Any

from granian.server.mp import MPServer

_ENDS = {signal.SIGINT, signal.SIGTERM}


class OneProcessServer(MPServer):
    """Granian with its one worker in the process that was started, rather than in a fork of it.

    A fork in time copies most of what it shares at first, because CPython counts references in those pages.
    Granian restarts no worker that dies, so nothing is lost with the second process. This rests on one seam
    of Granian: the activity of a worker's process returns when a signal has stopped the worker.
    """

    def _spawn_workers(self, spawn_target: Any, target_loader: Any) -> None:
        worker = self._spawn_worker(idx=0, target=spawn_target, callback_loader=target_loader)
        _exit_after_signal(self.workers_kill_timeout or 0)
        worker.inner.run()  # what a fork would run; it takes over the signals
        self.interrupt_signal = True  # the loop that would watch the worker ends at once
        self.main_loop_interrupt.set()


def _exit_after_signal(seconds: float) -> None:
    """End the process ``seconds`` after it was told to, if requests that do not end keep it alive."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno())

    def watch() -> None:
        while reader.recv(1)[0] not in _ENDS:
            pass
        time.sleep(seconds)
        writer.close()
        os._exit(0)

    threading.Thread(target=watch, name="exit-after-signal", daemon=True).start()
