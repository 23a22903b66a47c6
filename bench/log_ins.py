"""Log-ins per second over real HTTP against the raw argon2id rate on all cores."""

import itertools
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass

from argon2.low_level import Type, verify_secret

from bench.http_client import Connection, keep_busy, request
from bench.machine import busy_seconds, cores
from bench.people import PASSWORD, email, settle
from bench.report import Aim, note, show
from bench.server import Server, data_folder, running

AIM = Aim(low=0.9)
_ACCOUNTS = 500
_CONNECTIONS_PER_CORE = 4


def run(*, quick: bool) -> None:
    rounds, seconds = (3, 1.5) if quick else (9, 4.0)
    connections_wanted = _CONNECTIONS_PER_CORE * cores()
    with data_folder() as data, running(data) as server, ExitStack() as stack:
        encoded = settle(data, _ACCOUNTS).encode()
        connections = [stack.enter_context(Connection(server.port)) for _ in range(connections_wanted)]
        messages = itertools.cycle(
            request("POST", "/login", {"email": email(number), "password": PASSWORD})
            for number in range(_ACCOUNTS)
        )
        keep_busy(connections, messages, 1.0, status=201)
        begun, busy, ours = time.perf_counter(), busy_seconds(), server.cpu() + time.process_time()
        raw: list[float] = []
        raw_cpu: list[float] = []
        served: list[_Cost] = []
        for _ in range(rounds):
            rate, cpu = _raw_rate(encoded, seconds)
            raw.append(rate)
            raw_cpu.append(cpu)
            served.append(_log_in_rate(server, connections, messages, seconds))
        ours = server.cpu() + time.process_time() - ours
        others = (busy_seconds() - busy - ours) / (time.perf_counter() - begun) / cores()
    note(f"{rounds} rounds of {seconds:g} s a side in turn; {connections_wanted} connections; wall clock")
    note(
        f"other programs used {others:.0%} of the cores meanwhile (with more than 5 %, believe the CPU time)"
    )
    show("raw argon2id, a thread a core", raw, "/s", digits=1)
    show("log-ins", [cost.rate for cost in served], "/s", digits=1)
    show(
        "log-ins : raw", [cost.rate / rate for cost, rate in zip(served, raw, strict=True)], aim=AIM, digits=3
    )
    pairs = list(zip(served, raw_cpu, strict=True))
    ratios = [cpu / cost.server for cost, cpu in pairs]
    show("the same by CPU time of the server's processes", ratios, aim=AIM, digits=3)
    show("CPU time of a log-in beside its hash", [(cost.server - cpu) * 1000 for cost, cpu in pairs], "ms")
    shares = [cost.client / (cost.client + cost.server) for cost in served]
    show("the load generator's share of the CPU time (not subtracted)", shares, digits=3)
    note(f"answered 503 because they waited too long for a core: {sum(cost.refused for cost in served)}")


def _raw_rate(encoded: bytes, seconds: float) -> tuple[float, float]:
    """Hashes per second, and CPU seconds of one."""
    password = PASSWORD.encode()
    counts = [0] * cores()
    begun, cpu = time.perf_counter(), time.process_time()

    def work(number: int) -> None:
        while time.perf_counter() - begun < seconds:
            verify_secret(encoded, password, Type.ID)
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(cores())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - begun), (time.process_time() - cpu) / sum(counts)


@dataclass(frozen=True, slots=True)
class _Cost:
    """Log-ins per second, CPU seconds of one in the server and in the client, and how many were refused."""

    rate: float
    server: float
    client: float
    refused: int


def _log_in_rate(
    server: Server, connections: list[Connection], messages: "itertools.cycle[bytes]", seconds: float
) -> _Cost:
    before, client = server.cpu(), time.process_time()
    load = keep_busy(connections, messages, seconds, status=201)
    return _Cost(
        rate=load.rate,
        server=(server.cpu() - before) / load.answered,
        client=(time.process_time() - client) / load.answered,
        refused=load.refused,
    )
