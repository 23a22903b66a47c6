"""CPU time of a refresh and of an authenticated request, over HTTP, against one raw RSA-2048 signature."""

import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from bench.http_client import Connection, request
from bench.people import PASSWORD, email, settle
from bench.report import note, show
from bench.server import Server, data_folder, running


def run(*, quick: bool) -> None:
    rounds, count = (3, 200) if quick else (9, 800)
    raw, refreshes, users, health = [], [], [], []
    with (
        data_folder() as data,
        running(data, "--workers", "1") as server,
        Connection(server.port) as connection,
    ):
        settle(data, 1)
        message = request("POST", "/login", {"email": email(0), "password": PASSWORD})
        pair = connection.ask_json(message, status=201)
        client = _Client(connection, pair["token"], pair["refresh_token"])
        for _ in range(rounds):
            raw.append(_signature())
            users.append(_cpu(server, client.user, count * 4))
            refreshes.append(_cpu(server, client.refresh, count))
            health.append(_cpu(server, client.health, count * 4))
    note(f"{rounds} rounds in turn; one connection, one worker; CPU time of the server's processes")
    show("one raw RSA-2048 signature", raw, "ms")
    show("GET /healthz: HTTP and framework alone", health, "ms")
    show("GET /user with a token", users, "ms")
    show("POST /refresh: one rotation, one signature, one commit", refreshes, "ms")
    show("/user : /healthz", [a / b for a, b in zip(users, health, strict=True)])
    show("/refresh : raw signature", [a / b for a, b in zip(refreshes, raw, strict=True)])


class _Client:
    """Somebody who is logged in."""

    def __init__(self, connection: Connection, token: str, refresh_token: str) -> None:
        self._connection = connection
        self._list = request("GET", "/user", token=token)
        self._health = request("GET", "/healthz")
        self._refresh_token = refresh_token

    def user(self) -> None:
        self._connection.ask_json(self._list, status=200)

    def health(self) -> None:
        self._connection.ask_json(self._health, status=200)

    def refresh(self) -> None:
        message = request("POST", "/refresh", {"refresh_token": self._refresh_token})
        self._refresh_token = self._connection.ask_json(message, status=200)["refresh_token"]


def _cpu(server: Server, operation: Callable[[], None], count: int) -> float:
    """Milliseconds of CPU time of one operation."""
    before = server.cpu()
    for _ in range(count):
        operation()
    return (server.cpu() - before) / count * 1000


def _signature() -> float:
    key = generate_private_key(65537, 2048)
    padding, digest = PKCS1v15(), SHA256()
    key.sign(b"m", padding, digest)
    begun = time.thread_time()
    for _ in range(300):
        key.sign(b"m" * 600, padding, digest)
    return (time.thread_time() - begun) / 300 * 1000
