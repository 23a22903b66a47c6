"""A Python that has imported Gatepass already, and becomes ``gatepass`` or another program each time it is asked.

To import everything is most of what a short command costs, and the tests start hundreds of them. Each is a process of
its own all the same: forked before anything happened, with its own environment, folder, files, signals and end.
The tests of the command itself start it afresh (``tests/e2e/test_starting.py``, ``tests/cli/test_terminal.py``).

``python -m tests.support.warm_python FD``: requests come over the socket of this number, each with a line that the
process's number and its end are told on.
"""

import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import gatepass_server
from gatepass_server.cli import main as gatepass
from tests.support.ready_tables import copy_tables, empty_tables

_LONGEST_REQUEST = 256 * 1024


def _import_everything() -> None:
    for module in pkgutil.walk_packages(gatepass_server.__path__, "gatepass_server."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            with suppress(ImportError):  # of an extra that is not installed
                importlib.import_module(module.name)


def wait_for_orders(orders: socket.socket) -> dict[str, Any]:
    """Fork for every request, and tell of every end. It returns in the new processes alone, with their request."""
    lines: dict[int, socket.socket] = {}
    ends, wakes = socket.socketpair()
    for one in (ends, wakes):
        one.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    with selectors.DefaultSelector() as selector:
        selector.register(orders, selectors.EVENT_READ)
        selector.register(ends, selectors.EVENT_READ)
        while True:
            for ready, _ in selector.select():
                if ready.fileobj is ends:
                    with suppress(BlockingIOError):
                        ends.recv(4096)
                    _tell_ends(lines)
                    continue
                request, files, _, _ = socket.recv_fds(orders, _LONGEST_REQUEST, 4)
                if not request:
                    sys.exit()  # the tests have ended
                line = socket.socket(fileno=files[3])
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    for other in (orders, ends, wakes, line, *lines.values()):
                        other.close()
                    return _become(json.loads(request), files[:3])
                line.send(b"%d" % pid)
                lines[pid] = line
                for file in files[:3]:
                    os.close(file)


def _tell_ends(lines: dict[int, socket.socket]) -> None:
    for pid in list(lines):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            with lines.pop(pid) as line, suppress(OSError):
                line.send(b"%d" % os.waitstatus_to_exitcode(status))


def _become(request: dict[str, Any], files: list[int]) -> dict[str, Any]:
    """Take over what a new process is given."""
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if request["start_new_session"]:
        os.setsid()
    for standard, file in enumerate(files):
        os.dup2(file, standard)
        os.close(file)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv = list(request["command"])
    return request


def _run(command: list[str]) -> None:
    """What Python would do with it: ``gatepass``, ``-m MODULE`` or a file, each with its arguments."""
    program, *rest = command
    if program == "-m":
        sys.path[0] = str(Path.cwd())
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif program.endswith(".py"):
        sys.path[0] = str(Path(program).absolute().parent)
        runpy.run_path(program, run_name="__main__")
    else:
        gatepass()


def main() -> None:
    """Be warm; and in each new process, be what was asked for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests
    _import_everything()
    copy_tables()
    empty_tables()
    _run(wait_for_orders(socket.socket(fileno=int(sys.argv[1])))["command"])


if __name__ == "__main__":
    main()
