"""One worker is served by the process that was started; it stops as Granian's own processes do."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks into /proc")


class Served:
    """``gatepass serve --workers 1`` on a free port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        command = [str(Path(sys.executable).with_name("gatepass")), "serve", "--workers", "1"]
        command += ["--data", str(folder / "data"), "--port", str(self.port)]
        self.database = folder / "data" / "gatepass.db"
        self.process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)

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


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    server = Served(tmp_path)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.process.kill()
        server.process.wait()


def test_one_worker_has_no_second_process(served: Served) -> None:
    tasks = Path(f"/proc/{served.process.pid}/task").iterdir()
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
