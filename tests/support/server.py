"""The real ``gatepass serve`` in processes of its own, ended by its own pid."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

GATEPASS = str(Path(sys.executable).with_name("gatepass"))
CHEAP_HASHES = {"GATEPASS_ARGON2_MEMORY_KIB": "64", "GATEPASS_ARGON2_TIME_COST": "1"}
START_SECONDS = 30
STOP_SECONDS = 15


@dataclass(slots=True)
class RunningServer:
    """A server that answers. ``environment`` makes commands work on the same data with the same settings."""

    address: str
    data: Path
    log: Path
    environment: dict[str, str] = field(repr=False)
    process: subprocess.Popen[bytes] = field(repr=False)

    def run(self, *arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
        """Run a ``gatepass`` command beside the server; ``stdin`` may be given."""
        return subprocess.run(
            [GATEPASS, *arguments],
            input=options.get("stdin"),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=self.environment,
        )

    def terminate(self) -> int:
        """Ask it to stop, as a service manager does; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """End all its processes at once, as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def own_environment(**settings: str) -> dict[str, str]:
    """This process's environment without settings of Gatepass, and with ``settings`` (whole variable names)."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GATEPASS_")}
    return {**inherited, **CHEAP_HASHES, **settings}


@contextmanager
def running_server(
    data: Path, *, port: int | None = None, workers: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[RunningServer]:
    """Start a server on ``data`` and wait until it is ready; it is ended when the block is left."""
    server = start_server(data, port=port, workers=workers, settings=settings)
    try:
        wait_until_ready(server)
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()


def start_server(
    data: Path, *, port: int | None = None, workers: int = 1, settings: Mapping[str, str] | None = None
) -> RunningServer:
    """Start a server and do not wait. Its log is ``server.log`` beside the data folder."""
    chosen = port or free_port()
    environment = own_environment(
        GATEPASS_DATA=str(data),
        GATEPASS_PORT=str(chosen),
        GATEPASS_WORKERS=str(workers),
        **(settings or {}),
    )
    log = data.with_name(f"{data.name}-{chosen}.log")
    with log.open("ab") as out:
        process = subprocess.Popen(
            [GATEPASS, "serve"],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    return RunningServer(f"http://127.0.0.1:{chosen}", data, log, environment, process)


def wait_until_ready(server: RunningServer) -> None:
    """Poll ``/readyz`` until it answers 200.

    Raises:
        RuntimeError: the server ended, or was not ready in time; with its log.
    """
    wait_for(f"{server.address}/readyz", server.process, server.log)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Poll ``url`` until it answers with other than a fault of the server, or the process ends."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(url, timeout=2):
                return
        except HTTPError as error:
            error.close()
            if error.code < 500:
                return
        except (URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.02)  # a process is coming up; nothing tells when
    raise RuntimeError(f"no answer from {url}:\n{log.read_text(errors='replace')}")
