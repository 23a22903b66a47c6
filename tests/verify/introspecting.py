"""An issuer that is asked about tokens, over real HTTP on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

AUDIENCE = "https://api.example.com"
_POLL = 0.02


class Issuer:
    """What it says and what it was asked.

    Attributes:
        url: Its address.
        told: The answer about each token; about others, that they are not active.
        raw: An answer that stands in for all others: status and body.
        asked: Every question: its fields and its ``Authorization``.
        fetched: How often the metadata were.
    """

    def __init__(self) -> None:
        self.url = ""
        self.told: dict[str, dict[str, Any]] = {}
        self.raw: tuple[int, bytes] | None = None
        self.asked: list[tuple[dict[str, str], str]] = []
        self.fetched = 0
        self.metadata: dict[str, Any] = {}

    def active(self, token: str, now: float, **changes: Any) -> str:
        """Make a token active; ``...`` leaves a member out."""
        told = {
            "active": True,
            "token_type": "Bearer",
            "iss": self.url,
            "sub": "u1",
            "aud": AUDIENCE,
            "exp": int(now) + 600,
            "iat": int(now),
            "scope": "orders:read orders:write",
            "client_id": "shop",
            "sid": "s1",
            **changes,
        }
        self.told[token] = {name: value for name, value in told.items() if value is not ...}
        return token


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_GET(self) -> None:
        self.server.issuer.fetched += 1
        self._answer(200, json.dumps(self.server.issuer.metadata).encode())

    def do_POST(self) -> None:
        issuer = self.server.issuer
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body, strict_parsing=True).items()}
        issuer.asked.append((form, self.headers["Authorization"]))
        if issuer.raw is not None:
            self._answer(*issuer.raw)
        else:
            self._answer(200, json.dumps(issuer.told.get(form["token"], {"active": False})).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if 300 <= status < 400:
            self.send_header("Location", f"{self.server.issuer.url}/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, issuer: Issuer, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.issuer = issuer


@contextmanager
def introspecting(port: int = 0) -> Iterator[Issuer]:
    """An issuer whose metadata name its endpoint."""
    issuer = Issuer()
    with _Server(issuer, port) as server:
        issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
        issuer.metadata = {"issuer": issuer.url, "introspection_endpoint": f"{issuer.url}/introspect"}
        thread = threading.Thread(target=server.serve_forever, args=(_POLL,), daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
