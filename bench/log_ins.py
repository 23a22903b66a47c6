"""Log-ins per second over real HTTP against the raw argon2id rate on all cores."""

import itertools
import threading
import time
from contextlib import ExitStack

from argon2.low_level import Type, verify_secret

from bench.http_client import Connection, keep_busy, request
from bench.machine import busy_seconds, cores
from bench.people import PASSWORD, email, settle
from bench.report import Aim, note, show
from bench.server import Server, data_folder, running

AIM = Aim(low=0.9)
_ACCOUNTS = 500
_CONNECTIONS_PER_CORE = 6


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
        raw, through, ratios, cpu_ratios, overhead, client = [], [], [], [], [], []
        for _ in range(rounds):
            raw_rate, raw_cpu = _raw_rate(encoded, seconds)
            rate, server_cpu, client_cpu = _log_in_rate(server, connections, messages, seconds)
            raw.append(raw_rate)
            through.append(rate)
            ratios.append(rate / raw_rate)
            cpu_ratios.append(raw_cpu / server_cpu)
            overhead.append((server_cpu - raw_cpu) * 1000)
            client.append(client_cpu / (client_cpu + server_cpu))
        ours = server.cpu() + time.process_time() - ours
        others = (busy_seconds() - busy - ours) / (time.perf_counter() - begun) / cores()
    note(f"{rounds} rounds of {seconds:g} s a side in turn; {connections_wanted} connections; wall clock")
    note(
        f"other programs used {others:.0%} of the cores meanwhile (with more than 5 %, believe the CPU time)"
    )
    show("raw argon2id, a thread a core", raw, "/s", digits=1)
    show("log-ins", through, "/s", digits=1)
    show("log-ins : raw", ratios, aim=AIM, digits=3)
    show("the same by CPU time of the server's processes", cpu_ratios, aim=AIM, digits=3)
    show("CPU time of a log-in beside its hash", overhead, "ms")
    show("the load generator's share of the CPU time (not subtracted)", client, digits=3)


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


def _log_in_rate(
    server: Server, connections: list[Connection], messages: "itertools.cycle[bytes]", seconds: float
) -> tuple[float, float, float]:
    """Log-ins per second, and CPU seconds of one in the server and in the client."""
    before, client, begun = server.cpu(), time.process_time(), time.perf_counter()
    rate = keep_busy(connections, messages, seconds, status=201)
    count = rate * (time.perf_counter() - begun)
    return rate, (server.cpu() - before) / count, (time.process_time() - client) / count
