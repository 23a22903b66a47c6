"""The real command, in processes of its own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic, sleep
from typing import IO

import httpx

from tests.support.warm_processes import WarmProcess

GATEPASS = str(Path(sys.executable).with_name("gatepass"))
CHEAP = {
    "GATEPASS_ARGON2_MEMORY_KIB": "64",
    "GATEPASS_ARGON2_TIME_COST": "1",
    "GATEPASS_SIGNING_ALGORITHM": "ES256",
    "GATEPASS_WORKERS": "1",
}
"""Hashes and keys that cost next to nothing, and one worker."""

EMAIL, PASSWORD = "ann@example.com", "one fine long password"
_START_SECONDS = 30
_STOP_SECONDS = 20


def clean_environment(**settings: str) -> dict[str, str]:
    """The tests' own environment without its settings of Gatepass, and with these (``NAME=value``)."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GATEPASS_")}
    return inherited | CHEAP | {f"GATEPASS_{name.upper()}": value for name, value in settings.items()}


def run(*arguments: str, environment: Mapping[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``gatepass`` to its end, in a process that starts warm."""
    command = [GATEPASS, *arguments]
    with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as errors:
        given.write(stdin.encode())
        given.seek(0)
        process = WarmProcess(command, environment=environment, folder=Path.cwd(), files=(given, out, errors))
        try:
            status = process.wait(_START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        said = [_read(file) for file in (out, errors)]
    return subprocess.CompletedProcess(command, status, *said)


def run_afresh(
    *arguments: str, environment: Mapping[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run ``gatepass`` to its end, as a shell does."""
    return subprocess.run(
        [GATEPASS, *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=_START_SECONDS,
        check=False,
    )


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_free(port: int) -> None:
    """Workers of a server that was killed may hold its port a moment longer than it lives."""
    deadline = monotonic() + _STOP_SECONDS
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                if monotonic() > deadline:
                    raise
                sleep(0.01)
            else:
                return


class Server:
    """``gatepass serve`` with a data folder.

    Args:
        folder: where its data and its log go.
        port: the same one again, for a server that comes back.
        settings: further settings, as text.
    """

    def __init__(self, folder: Path, *, port: int | None = None, **settings: str) -> None:
        self.port = port or free_port()
        _wait_until_free(self.port)
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = folder / "data"
        self.log = folder / f"server-{self.port}.log"
        self.settings = settings
        self.environment = clean_environment(data=str(self.data), **settings)
        with self.log.open("ab") as log, Path(os.devnull).open("rb") as nothing:
            self._process = self._start(folder, (nothing, log, log))

    def _start(
        self, folder: Path, files: tuple[IO[bytes], IO[bytes], IO[bytes]]
    ) -> "WarmProcess | subprocess.Popen[bytes]":
        """Its workers are of its group, and are killed with it."""
        return WarmProcess(
            self._command, environment=self.environment, folder=folder, files=files, start_new_session=True
        )

    @property
    def _command(self) -> list[str]:
        return [GATEPASS, "serve", "--port", str(self.port)]

    def wait_until_ready(self) -> "Server":
        """Ask ``/readyz`` until it answers."""
        deadline = monotonic() + _START_SECONDS
        while True:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return self
            if self._process.poll() is not None or monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"The server did not start:\n{self.log.read_text(errors='replace')}")
            sleep(0.02)

    @property
    def pid(self) -> int:
        """Its process, the parent of its workers."""
        return self._process.pid

    def wait_for_the_end(self) -> int:
        """Wait for a server that ends by itself; its exit status."""
        return self._process.wait(timeout=_STOP_SECONDS)

    def stop(self) -> tuple[int, float]:
        """SIGTERM, and wait.

        Returns:
            The exit status, and how many seconds it took.
        """
        started = monotonic()
        self._process.terminate()
        try:
            status = self._process.wait(timeout=_STOP_SECONDS)
        finally:
            self.kill()
        return status, monotonic() - started

    def kill(self) -> None:
        """SIGKILL to the server and its workers, whatever they are doing."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=_STOP_SECONDS)

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run another ``gatepass`` command with the same settings."""
        return run(*arguments, environment=self.environment, stdin=stdin)


class FreshServer(Server):
    """A server that is started as a shell does it, not warm."""

    def _start(
        self, folder: Path, files: tuple[IO[bytes], IO[bytes], IO[bytes]]
    ) -> "WarmProcess | subprocess.Popen[bytes]":
        stdin, stdout, stderr = files
        return subprocess.Popen(
            self._command,
            env=self.environment,
            cwd=folder,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )


@contextmanager
def serving(folder: Path, *, port: int | None = None, **settings: str) -> Iterator[Server]:
    """A server that answers, and is ended."""
    server = Server(folder, port=port, **settings)
    try:
        yield server.wait_until_ready()
    finally:
        server.kill()


def sign_up(url: str, email: str = EMAIL, password: str = PASSWORD) -> httpx.Response:
    """``POST /signup``."""
    return httpx.post(f"{url}/signup", json={"name": "Ann", "email": email, "password": password}, timeout=30)


def log_in(url: str, email: str = EMAIL, password: str = PASSWORD) -> httpx.Response:
    """``POST /login``."""
    return httpx.post(f"{url}/login", json={"email": email, "password": password}, timeout=30)


def me(url: str, token: str) -> httpx.Response:
    """``GET /me``."""
    return httpx.get(f"{url}/me", headers={"Authorization": f"Bearer {token}"}, timeout=30)
