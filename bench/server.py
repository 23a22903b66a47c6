"""The real server, started as its users start it, in a folder that is removed afterwards."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.processes import cpu_seconds, tree

COMMAND = Path(sys.executable).with_name("gatepass")
_START_SECONDS = 30.0
_STOP_SECONDS = 8.0
_READY = b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answered once."""

    pid: int
    port: int
    data: Path
    seconds_to_ready: float
    cpu_to_ready: float

    def processes(self) -> list[int]:
        return tree(self.pid)

    def cpu(self) -> float:
        return cpu_seconds(self.processes())


@contextmanager
def data_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gatepass-bench-") as folder:
        yield Path(folder) / "data"


@contextmanager
def running(data: Path, *options: str, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Serve ``data`` until the block ends.

    Args:
        data: the data folder; its parent keeps the log and is where the server runs.
        options: of ``gatepass serve``.
        settings: as ``GATEPASS_...`` variables; those of the caller's own environment are not handed on.
    """
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEPASS_")}
    environment.update(settings or {})
    command = [str(COMMAND), "serve", "--data", str(data), "--port", str(port), *options]
    with (data.parent / "server.log").open("ab") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=data.parent, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        _wait_until_ready(process, port, data.parent / "server.log")
        seconds = time.perf_counter() - started
        yield Server(process.pid, port, data, seconds, cpu_seconds(tree(process.pid)))
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended:\n{log.read_text()}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(_READY)
            if connection.recv(64).startswith(b"HTTP/1.1 200"):
                return
        time.sleep(0.005)
    raise RuntimeError(f"The server is not ready after {_START_SECONDS:.0f} s:\n{log.read_text()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    pids = tree(process.pid)
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(_STOP_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
