"""An issuer's web server in a process of its own, which can be told to be in trouble.

``python -m tests.outage.site PORT [CERTIFICATE]`` takes a :class:`State` as JSON on each line of its input, and
answers each with one line: the addresses that were asked for since the line before.
"""

import json
import os
import socket
import ssl
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

from gatepass import Key
from tests.support.warm_processes import WarmProcess

METADATA = "/.well-known/oauth-authorization-server"
OPENID = "/.well-known/openid-configuration"
JWKS = "/jwks.json"
WELL = "well"
BODIES = {"malformed": b'{"keys": [{"kty"', "empty": b"", "empty object": b"{}", "no keys": b'{"keys": []}'}
TROUBLES = ("hangs", "drips", "500", "huge", "redirects", "another issuer", *BODIES)
"""What can be wrong with every page, apart from the process being killed."""
_HUGE = 1 << 30


@dataclass(frozen=True, slots=True)
class State:
    """What the site answers.

    Attributes:
        issuer: Whom its metadata name.
        keys: The JWK set.
        trouble: ``well``, or one of :data:`TROUBLES`.
        keys_only: Whether only the JWK set is in trouble, and the metadata are right.
    """

    issuer: str = ""
    keys: list[dict[str, str]] = field(default_factory=list)
    trouble: str = WELL
    keys_only: bool = False


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    """The end to read from, and the end to write to."""
    read, write = os.pipe()
    return os.fdopen(read, "rb"), os.fdopen(write, "wb")


class Site:
    """The site, from outside: start it, set it, kill it, and start it again at the same address.

    Args:
        keys: What it publishes.
        certificate: A PEM file with key and certificate, for ``https``.
    """

    def __init__(self, *keys: Key, certificate: Path | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._certificate = certificate
        self.url = f"{'http' if certificate is None else 'https'}://localhost:{self._port}"
        self.state = State(self.url, [key.public_jwk() for key in keys])
        self.start()

    def start(self, certificate: Path | None = None) -> None:
        """Start the process, and return when it answers."""
        chosen = certificate or self._certificate
        command = ["-m", "tests.outage.site", str(self._port), *([str(chosen)] if chosen else [])]
        given, self._telling = _pipe()
        self._hearing, told = _pipe()
        with given, told, os.fdopen(os.dup(2), "wb") as errors:
            self._process = WarmProcess(
                command,
                environment=os.environ,
                folder=Path(__file__).parents[2],
                files=(given, told, errors),
            )
        self._tell()

    def publish(self, *keys: Key) -> None:
        """Be well, with these keys."""
        self.state = State(self.url, [key.public_jwk() for key in keys])
        self._tell()

    def fall_into(self, trouble: str, *, keys_only: bool = False, keys: list[Key] | None = None) -> None:
        """Be in trouble from now on; with ``keys`` publish others than those that are right."""
        others = self.state.keys if keys is None else [key.public_jwk() for key in keys]
        self.state = State(self.url, others, trouble, keys_only)
        self._tell()

    def asked(self) -> list[str]:
        """The addresses that were asked for since this or anything else was called last."""
        return self._tell()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait(timeout=20)
        self._hearing.close()
        with suppress(BrokenPipeError):
            self._telling.close()

    def _tell(self) -> list[str]:
        self._telling.write(json.dumps(asdict(self.state)).encode() + b"\n")
        self._telling.flush()
        answer: list[str] = json.loads(self._hearing.readline())
        return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.state = State()
        self.asked: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to tell of."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        state = self.server.state
        self.server.asked.append(self.path)
        trouble = WELL if state.keys_only and self.path != JWKS else state.trouble
        if trouble == "hangs":
            time.sleep(60)
        elif trouble == "drips":
            self._begin(200)
            while True:
                self.wfile.write(b" ")
                time.sleep(1)
        elif trouble == "huge":
            self._begin(200, {"Content-Length": str(_HUGE)})
            for _ in range(_HUGE // 65_536):
                self.wfile.write(b" " * 65_536)
        elif trouble == "500":
            self._send(b'{"error": "x"}', status=500)
        elif trouble == "redirects":
            self._begin(302, {"Location": "/elsewhere"})
        elif trouble in BODIES:
            self._send(BODIES[trouble])
        else:
            self._send_page(state, "https://another.example" if trouble == "another issuer" else state.issuer)

    def _send_page(self, state: State, issuer: str) -> None:
        if self.path == JWKS:
            self._send(json.dumps({"keys": state.keys}).encode())
        elif self.path == METADATA:
            self._send(json.dumps({"issuer": issuer, "jwks_uri": state.issuer + JWKS}).encode())
        else:
            self._send(b"{}", status=404)

    def _send(self, body: bytes, status: int = 200) -> None:
        self._begin(status, {"Content-Length": str(len(body))})
        self.wfile.write(body)

    def _begin(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Nothing is logged."""


def _main(port: int, certificate: str | None) -> None:
    server = _Server(port)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    for line in sys.stdin:
        server.state = State(**json.loads(line))
        asked, server.asked = server.asked, []
        sys.stdout.write(json.dumps(asked) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
