"""The memory of all processes of a server that has worked a little and idles."""

import subprocess
import sys
import time

from bench.http_client import Connection, request
from bench.people import PASSWORD
from bench.processes import alone_mib, pss_mib
from bench.report import Aim, note, show
from bench.server import Server, data_folder, running

_FRAMEWORKS = "import flask, sqlalchemy, granian.server, sys; print(flush=True); sys.stdin.read()"


def run(*, quick: bool) -> None:
    rounds, rest = (1, 1.0) if quick else (5, 3.0)
    one, one_shared, default, frameworks = [], [], [], []
    for _ in range(rounds):
        frameworks.append(_imports_alone())
        pss, alone = _served("--workers", "1", rest=rest)
        one_shared.append(pss)
        one.append(alone)
        default.append(_served(rest=rest)[1])
    note(f"{rounds} rounds; after a sign-up, a log-in and 20 requests to /user, {rest:g} s of rest")
    note("PSS as if nothing else on the machine shared the libraries (the higher, more honest figure)")
    show("a process that imports flask, sqlalchemy and granian", frameworks, "MiB", digits=1)
    show("the server with one worker, all its processes", one, "MiB", aim=Aim(high=70), digits=1)
    show("the server with the default workers", default, "MiB", digits=1)
    show("one worker : the imports alone", [a / b for a, b in zip(one, frameworks, strict=True)])
    show("one worker, PSS as the kernel shares it out now", one_shared, "MiB", aim=Aim(high=70), digits=1)


def _served(*options: str, rest: float) -> tuple[float, float]:
    with data_folder() as data, running(data, *options) as server:
        _use(server)
        time.sleep(rest)
        processes = server.processes()
        return pss_mib(processes), alone_mib(processes)


def _use(server: Server) -> None:
    person = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    with Connection(server.port) as connection:
        connection.ask(request("POST", "/signup", person))
        token = connection.ask_json(request("POST", "/login", person), status=201)["token"]
        for _ in range(20):
            connection.ask_json(request("GET", "/user", token=token), status=200)


def _imports_alone() -> float:
    process = subprocess.Popen(
        [sys.executable, "-c", _FRAMEWORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        if process.stdout is None:
            raise RuntimeError("There is no pipe to read from.")
        process.stdout.readline()
        return alone_mib([process.pid])
