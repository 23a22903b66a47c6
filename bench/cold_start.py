"""From starting ``gatepass serve`` to its first 200 on ``/readyz``."""

import compileall
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.report import Aim, note, show
from bench.server import data_folder, running

_ROOT = Path(__file__).parents[1]
_FRAMEWORKS = "import flask, sqlalchemy, granian.server"


def run(*, quick: bool) -> None:
    rounds = 3 if quick else 11
    compileall.compile_dir(_ROOT / "packages", quiet=1)  # as `make serve` does once
    bare, frameworks, starts, cpu, first_runs = [], [], [], [], []
    with data_folder() as data:
        with running(data):
            pass  # makes the data folder, and warms the disk cache
        for _ in range(rounds):
            bare.append(_python("pass"))
            frameworks.append(_python(_FRAMEWORKS))
            with running(data) as server:
                starts.append(server.seconds_to_ready)
                cpu.append(server.cpu_to_ready)
            with data_folder() as empty, running(empty) as server:
                first_runs.append(server.seconds_to_ready)
    note(f"{rounds} rounds of each in turn; wall clock; default workers; modules compiled beforehand")
    show("python -c pass", bare, "s")
    show("importing flask, sqlalchemy and granian alone", frameworks, "s")
    show("cold start to the first 200", starts, "s", aim=Aim(high=0.8))
    show("the same in CPU time of all processes", cpu, "s")
    show("the very first run, which makes database and key", first_runs, "s")
    pairs = list(zip(starts, bare, frameworks, strict=True))
    show("cold start : python -c pass", [start / other for start, other, _ in pairs], digits=1)
    show("cold start : importing the frameworks", [start / other for start, _, other in pairs])


def _python(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)
    return time.perf_counter() - begun
