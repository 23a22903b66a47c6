"""Refreshes per second over real HTTP, with 2 workers, against raw RSA-2048 signatures on all cores."""

import json
import select
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from bench.http_client import Connection, request
from bench.machine import busy_seconds, cores
from bench.people import PASSWORD, email
from bench.report import note, show
from bench.server import Server, data_folder, running
from tests.support.databases import new_database
from tests.support.postgres import running_postgres

_CHEAP = {"GATEPASS_ARGON2_MEMORY_KIB": "64", "GATEPASS_ARGON2_TIME_COST": "1"}
"""Log-ins are not what is measured."""
_WORKERS = 2
_CONNECTIONS = 16


def run(*, quick: bool) -> None:
    rounds, seconds = (3, 1.5) if quick else (9, 4.0)
    note(
        f"{rounds} rounds of {seconds:g} s a side in turn; {_WORKERS} workers, {_CONNECTIONS} connections, each with"
    )
    note("a session of its own and one refresh under way; a durable commit for each")
    _measure("SQLite", {}, rounds, seconds)
    with running_postgres() as server, new_database(server) as url:
        _measure("PostgreSQL", {"GATEPASS_DATABASE_URL": url}, rounds, seconds)


def _measure(name: str, settings: dict[str, str], rounds: int, seconds: float) -> None:
    key = generate_private_key(65537, 2048)
    raw: list[_Raw] = []
    served: list[_Served] = []
    with (
        data_folder() as data,
        running(data, "--workers", str(_WORKERS), settings={**_CHEAP, **settings}) as server,
        _clients(server) as clients,
    ):
        _refresh(server, clients, 1.0)
        begun, busy = time.perf_counter(), busy_seconds()
        ours = server.cpu() + time.process_time()
        for _ in range(rounds):
            raw.append(_sign(key, seconds))
            served.append(_refresh(server, clients, seconds))
        ours = server.cpu() + time.process_time() - ours
        others = (busy_seconds() - busy - ours) / (time.perf_counter() - begun) / cores()
    note(f"{name}: all else used {others:.0%} of the cores meanwhile (the database server among it)")
    pairs = list(zip(served, raw, strict=True))
    show("raw RSA-2048 signatures, a thread a core", [one.rate for one in raw], "/s", digits=0)
    show("refreshes", [one.rate for one in served], "/s", digits=0)
    show("refreshes : raw", [one.rate / other.rate for one, other in pairs], digits=3)
    show("the same by CPU time of the server's processes", [b.cpu / a.cpu for a, b in pairs], digits=3)
    show("CPU time of a refresh", [one.cpu * 1000 for one in served], "ms")
    show("the load generator's, for each (not subtracted)", [one.client * 1000 for one in served], "ms")


@dataclass(frozen=True, slots=True)
class _Raw:
    """Signatures per second, and CPU seconds of one."""

    rate: float
    cpu: float


@dataclass(frozen=True, slots=True)
class _Served:
    """Refreshes per second, and CPU seconds of one in the server and in the client."""

    rate: float
    cpu: float
    client: float


class _Client:
    """Somebody who is logged in, on a connection that stays open."""

    def __init__(self, connection: Connection, refresh_token: str) -> None:
        self.connection = connection
        self._refresh_token = refresh_token

    def send(self) -> None:
        """Send the token; the answer is awaited elsewhere."""
        self.connection.send(request("POST", "/refresh", {"refresh_token": self._refresh_token}))

    def receive(self) -> bool:
        """Read what is there; whether the answer is whole."""
        answer = self.connection.receive()
        if answer is None:
            return False
        status, body = answer
        if status != 200:
            raise RuntimeError(f"Expected 200, got {status}: {body[:500]!r}")
        self._refresh_token = json.loads(body)["refresh_token"]
        return True


@contextmanager
def _clients(server: Server) -> Iterator[list[_Client]]:
    with ExitStack() as stack:
        clients = []
        for number in range(_CONNECTIONS):
            connection = stack.enter_context(Connection(server.port))
            person = {"email": email(number), "password": PASSWORD}
            connection.ask(request("POST", "/signup", {"name": "Person", **person}))
            pair = connection.ask_json(request("POST", "/login", person), status=201)
            clients.append(_Client(connection, pair["refresh_token"]))
        yield clients


def _refresh(server: Server, clients: list[_Client], seconds: float) -> _Served:
    """Keep a refresh under way for every client; the clock runs from the first request to the last answer."""
    poll = select.epoll()
    by_number = {client.connection.fileno(): client for client in clients}
    before, own = server.cpu(), time.process_time()
    answered, waiting = 0, len(clients)
    try:
        begun = time.perf_counter()
        for number, client in by_number.items():
            poll.register(number, select.EPOLLIN)
            client.send()
        while waiting:
            for number, _ in poll.poll():
                if not by_number[number].receive():
                    continue
                answered += 1
                if time.perf_counter() - begun < seconds:
                    by_number[number].send()
                else:
                    waiting -= 1
        return _Served(
            rate=answered / (time.perf_counter() - begun),
            cpu=(server.cpu() - before) / answered,
            client=(time.process_time() - own) / answered,
        )
    finally:
        poll.close()


def _sign(key: RSAPrivateKey, seconds: float) -> _Raw:
    """Sign with a thread on every core; signing lets go of the interpreter."""
    padding, digest, message = PKCS1v15(), SHA256(), b"m" * 600
    counts = [0] * cores()
    begun, cpu = time.perf_counter(), time.process_time()

    def work(number: int) -> None:
        while time.perf_counter() - begun < seconds:
            for _ in range(20):
                key.sign(message, padding, digest)
            counts[number] += 20

    threads = [threading.Thread(target=work, args=(number,)) for number in range(cores())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _Raw(sum(counts) / (time.perf_counter() - begun), (time.process_time() - cpu) / sum(counts))
