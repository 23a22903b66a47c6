"""The adapters that the shared suite runs against, and how their programs are started."""

import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

import httpx

from tests.support.warm_processes import WarmProcess

ROOT = Path(__file__).parents[2]
NAMES = ("flask", "starlette", "asgi", "fastapi", "django", "drf", "wsgi")
"""Each has examples/frameworks/NAME_app.py and tests/adapters/apps/NAME.py."""


@dataclass(frozen=True)
class Adapter:
    """A program of the shared suite: what follows ``python`` on its command line, and what is in its environment."""

    program: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


_OWN = {name: Adapter(["-m", f"tests.adapters.apps.{name}"]) for name in NAMES}
ADAPTERS = {
    **_OWN,
    # The same programs, served or protected in another way.
    "django-asgi": Adapter(_OWN["django"].program, {"SERVER": "uvicorn"}),
    "django-middleware": Adapter(_OWN["django"].program, {"MIDDLEWARE": "token_middleware"}),
    "django-required": Adapter(_OWN["django"].program, {"MIDDLEWARE": "TokenRequiredMiddleware"}),
    "drf-middleware": Adapter(_OWN["drf"].program, {"MIDDLEWARE": "token_middleware"}),
    "wsgi-granian": Adapter(_OWN["wsgi"].program, {"SERVER": "granian"}),
}


@contextmanager
def running(program: Sequence[str], **environment: str) -> Iterator[str]:
    """Start a program in a process of its own and wait until it listens; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PORT": str(port), **environment}
    with Path(os.devnull).open("r+b") as nothing, TemporaryFile() as errors:
        process = WarmProcess(program, environment=settings, folder=ROOT, files=(nothing, nothing, errors))
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=10)
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    assert "Traceback" not in said, said


def _wait_for(port: int, process: WarmProcess) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/protected", timeout=10)
        except httpx.TransportError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise
            time.sleep(0.05)  # a process that starts cannot be waited for in another way
        else:
            return
