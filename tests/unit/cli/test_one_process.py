"""One worker is served by the process that was started; it stops as Granian's own processes do.

Started as a shell does it, it is looked at once; how it stops is the same for one that starts warm.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.server import GATEPASS, clean_environment
from tests.support.warm_processes import WarmProcess

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks into /proc")


class Served:
    """``gatepass serve --workers 1`` on a free port."""

    def __init__(self, folder: Path, *, afresh: bool = False) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        command = [GATEPASS, "serve", "--workers", "1"]
        command += ["--data", str(folder / "data"), "--port", str(self.port)]
        self.database = folder / "data" / "gatepass.db"
        self.process = self._start(command, folder, afresh=afresh)

    def _start(
        self, command: list[str], folder: Path, *, afresh: bool
    ) -> "WarmProcess | subprocess.Popen[bytes]":
        environment = clean_environment()
        with Path(os.devnull).open("r+b") as nothing:
            if afresh:
                return subprocess.Popen(command, cwd=folder, env=environment, stderr=nothing)
            files = (nothing, nothing, nothing)
            return WarmProcess(command, environment=environment, folder=folder, files=files)

    def status(self) -> int:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            connection.request("GET", "/readyz")
            return connection.getresponse().status

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError):
                assert self.status() == 200
                return
            time.sleep(0.02)
        pytest.fail("The server did not start.")


@contextmanager
def running(folder: Path, *, afresh: bool = False) -> Iterator[Served]:
    server = Served(folder, afresh=afresh)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.process.kill()
        server.process.wait(5)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with running(tmp_path) as server:
        yield server


def test_one_worker_has_no_second_process(tmp_path: Path) -> None:
    with running(tmp_path, afresh=True) as server:
        tasks = Path(f"/proc/{server.process.pid}/task").iterdir()
        assert [(task / "children").read_text() for task in tasks if (task / "children").read_text()] == []


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_it_is_told_to(served: Served, told: signal.Signals) -> None:
    served.process.send_signal(told)
    assert served.process.wait(5) == 0


def test_a_hang_up_does_not_stop_it(served: Served) -> None:
    served.process.send_signal(signal.SIGHUP)
    time.sleep(0.1)
    assert served.status() == 200


def test_a_request_that_hangs_does_not_keep_it_for_more_than_five_seconds(served: Served) -> None:
    with closing(sqlite3.connect(served.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        body = b'{"email": "ann@example.com", "password": "one fine long password"}'
        head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", served.port), timeout=5) as connection:
            connection.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\n" + head + body)
            time.sleep(0.2)
            os.kill(served.process.pid, signal.SIGTERM)
            assert served.process.wait(5) == 0
