"""Start the programs of the migration guides, each in a process of its own with the Python it is meant for."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.server import free_port

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "examples" / "migrate"
OURS = Path(sys.executable)
PEERS = Path(sys.prefix, "peers", "bin", "python")
"""The other libraries live apart from ours: `make` puts them into an environment of their own."""


def peers_python() -> Path:
    """The Python with the other libraries. Without it a test is skipped, but never in CI."""
    if not PEERS.exists():
        if os.environ.get("CI"):
            pytest.fail(f"CI must make the environment of the other libraries: {PEERS} is not there")
        pytest.skip("the environment of the other libraries is not there: make .venv/.peers")
    return PEERS


class Running:
    """A program that answers on ``url``."""

    def __init__(
        self, python: Path, program: str, folder: Path, port: int, settings: Mapping[str, str]
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._program = program
        self._log = folder / f"{port}.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [python, PROGRAMS / program],
                cwd=folder,
                env={**os.environ, **settings, "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait(self) -> None:
        """Ask for a page that nobody has, until there is an answer."""
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{self.url}/none", timeout=10)
            except httpx.TransportError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{self._program} does not answer:\n{self.log()}") from None
                time.sleep(0.02)  # a process is coming up; nothing tells when
            else:
                return

    def log(self) -> str:
        """What it has printed so far."""
        return self._log.read_text(errors="replace")

    def end(self) -> None:
        """Stop it."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)


@contextmanager
def running(
    folder: Path, *programs: tuple[Path, str], settings: Mapping[str, str], port: int = 0
) -> Iterator[list[Running]]:
    """Start programs at once, each ``(python, path below examples/migrate)``, and wait until all of them answer.

    Args:
        folder: Where they run and log.
        programs: What to start.
        settings: Environment variables.
        port: For a program that must know its own address; 0 takes a free one.
    """
    started: list[Running] = []
    try:
        for python, program in programs:
            started.append(Running(python, program, folder, port or free_port(), settings))
        for one in started:
            one.wait()
        yield started
    finally:
        for one in started:
            one.end()
