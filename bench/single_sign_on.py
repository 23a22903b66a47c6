"""CPU time of the provider's endpoints with 2 workers, on SQLite and PostgreSQL, beside one raw RSA-2048 signature."""

import base64
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from bench.errands import Errand, all_at_once, follow
from bench.http_client import Connection, request
from bench.people import PASSWORD, email
from bench.processes import cpu_seconds, pss_mib, tree
from bench.report import Aim, note, show
from bench.server import Server, data_folder, running
from gatepass_server.bootstrap import Gatepass, build, prepare
from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.domain.secret import Secret
from gatepass_server.settings import load_settings
from tests.support.databases import new_database
from tests.support.postgres import running_postgres

_WORKERS = 2
_CONNECTIONS = 8
_CALLBACK = "https://app.example.com/cb"
_VERIFIER = "v" * 43
_CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).rstrip(b"=").decode()
_CHEAP = {"GATEPASS_ARGON2_MEMORY_KIB": "64", "GATEPASS_ARGON2_TIME_COST": "1"}
"""Log-ins are not what is measured."""

PEER = {
    "client credentials, RS256": 1.5,
    "introspection": 0.41,
    "refresh, two signatures": 3.1,
    "code flow with PKCE, two signatures": 5.1,
    "userinfo": 0.45,
    "discovery": 0.25,
}
"""Milliseconds of CPU that the best peer took on a machine of this kind."""


def run(*, quick: bool) -> None:
    """Measure every row on both databases."""
    rounds, count = (3, 150) if quick else (7, 600)
    note(
        f"{rounds} rounds in turn; {_WORKERS} workers, {_CONNECTIONS} connections, each with a request under way;"
    )
    note("CPU time of all processes of the server, and of the database server where there is one")
    _measure("SQLite", {}, rounds, count)
    with running_postgres() as address, new_database(address) as url:
        _measure("PostgreSQL", {"GATEPASS_DATABASE_URL": url}, rounds, count)


def _measure(name: str, settings: Mapping[str, str], rounds: int, count: int) -> None:
    with data_folder() as data:
        programs = _Programs(data, settings)
        with (
            running(data, "--workers", str(_WORKERS), settings={**_CHEAP, **settings}) as server,
            _actors(server, programs) as actors,
        ):
            rows: dict[str, list[_Cost]] = {row: [] for row in actors[0].rows}
            raw: list[float] = []
            for _ in range(rounds):
                raw.append(_signature())
                for row, costs in rows.items():
                    costs.append(_cost(actors, row, count))
            memory = pss_mib(server.processes())
    note(name)
    show("one raw RSA-2048 signature", raw, "ms", digits=3)
    for row, costs in rows.items():
        peer = PEER.get(row)
        show(row, [cost.cpu for cost in costs], "ms", aim=None if peer is None else Aim(high=peer), digits=3)
        waits = sorted(wait for cost in costs for wait in cost.waits)
        at = [waits[int(len(waits) * share)] for share in (0.5, 0.95, 0.99)]
        note(f"    answered in {at[0]:.1f} / {at[1]:.1f} / {at[2]:.1f} ms (p50 / p95 / p99)")
    show("memory of all processes of the server (PSS)", [memory], "MiB", digits=0)


@dataclass(frozen=True, slots=True)
class _Cost:
    """Milliseconds of CPU of one operation, and of waiting of each."""

    cpu: float
    waits: list[float]


def _cost(actors: Sequence["_Actor"], row: str, count: int) -> _Cost:
    # Every process that this one has started: the server, and the database server. It stands still itself.
    pids = tree(os.getpid())[1:]
    before = cpu_seconds(pids)
    waits = all_at_once([(actor.connection, actor.rows[row]) for actor in actors], count)
    return _Cost((cpu_seconds(pids) - before) / len(waits) * 1000, waits)


class _Programs:
    """The clients that are measured, made before the server starts."""

    def __init__(self, data: object, settings: Mapping[str, str]) -> None:
        environ = {**_CHEAP, **settings, "GATEPASS_DATA": str(data)}
        loaded = load_settings(environ=environ)
        prepare(loaded)
        house = build(loaded)
        if house.keeper is not None:
            house.keeper.ensure_first("RS256")
            house.keeper.generate("ES256", activate=True)
        self.rs256 = _made(house, _machine())
        self.es256 = _made(house, _machine(access_token_signed_response_alg="ES256"))
        self.opaque = _made(house, _machine(access_token_format="opaque"))
        self.app = _made(
            house,
            ClientMetadata(
                redirect_uris=(_CALLBACK,),
                grant_types=("authorization_code", "refresh_token"),
                scope="openid profile email",
                trusted=True,
            ),
        )
        house.close()


def _machine(**further: str) -> ClientMetadata:
    return ClientMetadata(grant_types=("client_credentials",), scope="orders:read", **further)  # type: ignore[arg-type]  # texts of the struct


def _made(house: Gatepass, metadata: ClientMetadata) -> tuple[Client, Secret]:
    client, secret = house.clients.create("Bench", metadata)
    if secret is None:
        raise RuntimeError("a confidential client has a secret")
    return client, secret


class _Actor:
    """One connection, somebody's browser and a program that they are signed in to."""

    def __init__(self, connection: Connection, number: int, programs: _Programs) -> None:
        self.connection = connection
        self._app = programs.app
        person = {"email": email(number), "password": PASSWORD}
        connection.ask(request("POST", "/signup", {"name": "Person", **person}))
        self._cookie = _cookie_of(connection, {**person, "mode": "cookie"})
        follow(connection, self._flow())
        about = urlencode({"token": self._access_token}).encode()
        credentials = urlencode({"grant_type": "client_credentials"}).encode()
        self.rows: dict[str, Callable[[], Errand]] = {
            "discovery": _asking(request("GET", "/.well-known/openid-configuration")),
            "userinfo": _asking(request("GET", "/oauth2/userinfo", token=self._access_token)),
            "introspection": _asking(_post("/oauth2/introspect", about, self._app)),
            "client credentials, ES256": _asking(_post("/oauth2/token", credentials, programs.es256)),
            "client credentials, RS256": _asking(_post("/oauth2/token", credentials, programs.rs256)),
            "client credentials, opaque": _asking(_post("/oauth2/token", credentials, programs.opaque)),
            "refresh, two signatures": self._refresh,
            "code flow with PKCE, two signatures": self._flow,
        }

    def _refresh(self) -> Errand:
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        yield from self._tokens(form)

    def _flow(self) -> Errand:
        query = urlencode(
            {
                "client_id": self._app[0].id,
                "redirect_uri": _CALLBACK,
                "response_type": "code",
                "scope": "openid profile email",
                "nonce": "n",
                "code_challenge": _CHALLENGE,
                "code_challenge_method": "S256",
            }
        )
        lines = [
            f"GET /oauth2/authorize?{query} HTTP/1.1",
            "Host: 127.0.0.1",
            "User-Agent: bench",
            f"Cookie: {self._cookie}",
        ]
        yield "\r\n".join([*lines, "", ""]).encode(), 303
        location = self.connection.header(b"location")
        code = parse_qs(urlsplit(location).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": _CALLBACK,
            "code_verifier": _VERIFIER,
        }
        yield from self._tokens(form)

    def _tokens(self, form: Mapping[str, str]) -> Errand:
        answer = json.loads((yield _post("/oauth2/token", urlencode(form).encode(), self._app), 200))
        self._access_token: str = answer["access_token"]
        self._refresh_token: str = answer["refresh_token"]


def _asking(message: bytes) -> Callable[[], Errand]:
    def ask() -> Errand:
        yield message, 200

    return ask


@contextmanager
def _actors(server: Server, programs: _Programs) -> Iterator[list[_Actor]]:
    with ExitStack() as stack:
        yield [
            _Actor(stack.enter_context(Connection(server.port)), number, programs)
            for number in range(_CONNECTIONS)
        ]


def _cookie_of(connection: Connection, person: Mapping[str, str]) -> str:
    header = connection.ask_header(request("POST", "/login", person), b"set-cookie", status=201)
    return header.partition(";")[0]


def _post(path: str, form: bytes, client: tuple[Client, Secret]) -> bytes:
    pair = f"{client[0].id}:{client[1].reveal()}".encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "User-Agent: bench",
        f"Authorization: Basic {base64.b64encode(pair).decode()}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(form)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + form


def _signature() -> float:
    key = generate_private_key(65537, 2048)
    padding, digest = PKCS1v15(), SHA256()
    key.sign(b"m", padding, digest)
    begun = time.thread_time()
    for _ in range(300):
        key.sign(b"m" * 600, padding, digest)
    return (time.thread_time() - begun) / 300 * 1000
