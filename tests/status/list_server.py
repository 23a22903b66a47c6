"""An issuer's status lists over real HTTP, served well or badly."""

import gzip
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gatepass import Key
from tests.status.lists import claims, signed

Page = Callable[[BaseHTTPRequestHandler], None]


class ListServer:
    """Serves ``/status-lists/N``, signed anew for every answer, with an entity tag and packed where that is liked.

    Attributes:
        url: The issuer.
        statuses: What every list tells, but for zeros.
        ttl: Of every list.
        page: Answers instead, where it is set.
        documents: The issuer's metadata and keys, by their paths.
        requests: The headers of every request for a list.
        answers: The statuses of the answers to them.
    """

    def __init__(self, key: Key, tls: ssl.SSLContext | None = None) -> None:
        self.key = key
        self._tls = tls
        self.statuses: dict[int, int] = {}
        self.ttl: float = 1
        self.page: Page | None = None
        self.documents: dict[str, object] = {}
        self.requests: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.over = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self.start()

    def start(self) -> None:
        """Serve, at the same address as before."""
        serve = self._serve

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                serve(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a client that goes away is what the tests are about

        port = self._server.server_port if self._server else 0
        self.over = threading.Event()
        self._server = Server(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        if self._tls is not None:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
            self.url = f"https://localhost:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()
        self.documents = {
            "/.well-known/oauth-authorization-server": {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"},
            "/jwks": {"keys": [self.key.public_jwk()]},
        }

    def kill(self) -> None:
        """Stop serving; connections are refused from now on."""
        assert self._server is not None
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path in self.documents:
            self._send(handler, 200, json.dumps(self.documents[handler.path]).encode())
            return
        self.requests.append({name.lower(): value for name, value in handler.headers.items()})
        if self.page is not None:
            self.page(handler)
            return
        tag = f'"{hash(tuple(sorted(self.statuses.items())))}"'
        if handler.headers.get("If-None-Match") == tag:
            self.reply(handler, 304, b"", {"ETag": tag})
            return
        body = self.body(f"{self.url}{handler.path}")
        self.reply(handler, 200, gzip.compress(body), {"ETag": tag, "Content-Encoding": "gzip"})

    def body(self, uri: str, **changes: Any) -> bytes:
        """The signed list, with changes to its claims."""
        return signed(
            self.key, claims(time.time(), self.statuses, **{"sub": uri, "ttl": self.ttl, **changes})
        )

    def reply(
        self, handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        """Send an answer."""
        self.answers.append(status)
        self._send(handler, status, body, headers)

    def _send(
        self, handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/statuslist+jwt", **(headers or {})}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def hang(self, _handler: BaseHTTPRequestHandler) -> None:
        """A page that never comes."""
        self.over.wait(30)

    def fail(self, handler: BaseHTTPRequestHandler) -> None:
        """A page that tells of a fault."""
        self.reply(handler, 500, b"oh no")


@contextmanager
def serving(key: Key, tls: ssl.SSLContext | None = None) -> Iterator[ListServer]:
    """A server that ends with the block; with a context for TLS, over HTTPS."""
    server = ListServer(key, tls)
    try:
        yield server
    finally:
        server.over.set()
        server.kill()
