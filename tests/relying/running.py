"""The programs that people sign in to, in processes of their own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

from tests.support.server import free_port
from tests.support.warm_processes import WarmProcess

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
NODE = HERE / "node"
_START_SECONDS = 30


@contextmanager
def running(*command: str, folder: Path, port: int | None = None, **environment: str) -> Iterator[str]:
    """Start a program, and wait until it listens; its address.

    Args:
        command: a file in ``programs``, or what else to run.
        folder: where its log goes.
        port: the one that it is told to listen on; a free one by default.
        environment: what it is told.
    """
    port = port or free_port()
    log = folder / f"{Path(command[-1]).stem}-{port}.log"
    given = {**os.environ, "PORT": str(port), **environment}
    process: WarmProcess | subprocess.Popen[bytes]
    with log.open("wb") as out, Path(os.devnull).open("rb") as nothing:
        if command[0] == sys.executable or len(command) == 1:
            program = [str(PROGRAMS / command[0])] if len(command) == 1 else command[1:]
            process = WarmProcess(program, environment=given, folder=folder, files=(nothing, out, out))
        else:
            process = subprocess.Popen(
                command, cwd=folder, env=given, stdin=nothing, stdout=out, stderr=subprocess.STDOUT
            )
    try:
        _wait_for(port, process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(15)
    told = log.read_text(errors="replace")
    assert "Traceback" not in told, told


def _wait_for(port: int, process: WarmProcess | subprocess.Popen[bytes], log: Path) -> None:
    deadline = monotonic() + _START_SECONDS
    while monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        sleep(0.02)  # a process is coming up; nothing tells when
    process.kill()
    raise RuntimeError(f"{log.stem} did not start:\n{log.read_text(errors='replace')}")
