"""Real HTTP on this machine: what an issuer publishes."""

from __future__ import annotations

import json
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Documents = Callable[[], Mapping[str, object]]

_POLL = 0.02
"""Seconds until a server that is to stop does."""


@contextmanager
def publishing(documents: Documents, port: int = 0) -> Iterator[str]:
    """Serve JSON documents on loopback.

    Args:
        documents: Called at every request; from a path to what is there.
        port: 0 takes a free one.

    Yields:
        The address, without a path.

    Raises:
        OSError: The port is taken.
    """
    with _Site(documents, port) as site:
        thread = threading.Thread(
            target=site.serve_forever, args=(_POLL,), daemon=True, name="gatepass-issuer"
        )
        thread.start()
        try:
            yield f"http://127.0.0.1:{site.server_address[1]}"
        finally:
            site.shutdown()
            thread.join()


class _Site(ThreadingMixIn, TCPServer):
    # TCPServer rather than HTTPServer, which asks for the name of its own address: slow where DNS is.
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, documents: Documents, port: int) -> None:
        self.documents = documents
        super().__init__(("127.0.0.1", port), _Answers)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that leaves is no fault
            super().handle_error(request, client_address)


class _Answers(BaseHTTPRequestHandler):
    server: _Site
    timeout = 30  # seconds for a client that says nothing

    def do_GET(self) -> None:
        found = self.server.documents().get(self.path)
        body = json.dumps({"message": "not found"} if found is None else found).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing: the output of a test is its own."""
