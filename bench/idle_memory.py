"""The memory of all processes of a server that has worked a little and idles."""

import itertools
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from bench.http_client import Connection, keep_busy, request
from bench.machine import cores
from bench.people import PASSWORD, email, settle
from bench.processes import alone_mib, pss_mib
from bench.report import Aim, note, show
from bench.server import Server, data_folder, running

_ACCOUNTS = 50
_FRAMEWORKS = "import flask, sqlalchemy, granian.server, sys; print(flush=True); sys.stdin.read()"


def run(*, quick: bool) -> None:
    rounds, rest = (1, 12.0) if quick else (3, 15.0)
    frameworks: list[float] = []
    one: list[float] = []
    one_alone: list[float] = []
    default: list[float] = []
    after_burst: list[float] = []
    with data_folder() as data:
        with running(data):
            pass  # the first start also loads what makes the tables
        settle(data, _ACCOUNTS)
        for _ in range(rounds):
            frameworks.append(_imports_alone())
            pss, alone = _served(data, "--workers", "1", rest=rest)
            one.append(pss)
            one_alone.append(alone)
            default.append(_served(data, rest=rest)[0])
            after_burst.append(_served(data, rest=rest, burst=3.0)[0])
    note(f"{rounds} rounds; after a log-in and 20 requests to /user, then {rest:g} s of rest")
    note("'alone' is PSS as if nothing else on the machine shared the libraries")
    show("imports of flask, sqlalchemy and granian, alone", frameworks, "MiB", digits=1)
    show("one worker: PSS of all processes", one, "MiB", aim=Aim(high=70), digits=1)
    show("one worker, alone", one_alone, "MiB", aim=Aim(high=70), digits=1)
    show("one worker, alone : the imports alone", [a / b for a, b in zip(one_alone, frameworks, strict=True)])
    show(f"default workers ({cores()}): PSS of all processes", default, "MiB", digits=1)
    show("default workers, rested from log-ins on 12 connections", after_burst, "MiB", digits=1)


def _served(data: Path, *options: str, rest: float, burst: float = 0.0) -> tuple[float, float]:
    with running(data, *options) as server:
        _use(server, burst)
        time.sleep(rest)
        processes = server.processes()
        return pss_mib(processes), alone_mib(processes)


def _use(server: Server, burst: float) -> None:
    person = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    log_in = request("POST", "/login", person)
    with Connection(server.port) as connection:
        connection.ask(request("POST", "/signup", person))
        token = connection.ask_json(log_in, status=201)["token"]
        for _ in range(20):
            connection.ask_json(request("GET", "/user", token=token), status=200)
    if burst:
        with ExitStack() as stack:
            connections = [stack.enter_context(Connection(server.port)) for _ in range(12)]
            messages = itertools.cycle(
                request("POST", "/login", {"email": email(number), "password": PASSWORD})
                for number in range(_ACCOUNTS)
            )
            keep_busy(connections, messages, burst, status=201)


def _imports_alone() -> float:
    process = subprocess.Popen(
        [sys.executable, "-c", _FRAMEWORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        if process.stdout is None:
            raise RuntimeError("There is no pipe to read from.")
        process.stdout.readline()
        return alone_mib([process.pid])
