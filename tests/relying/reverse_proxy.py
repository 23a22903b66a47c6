"""A reverse proxy that puts a server under a path of an HTTPS site, as nginx would."""

import http.client
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "host", "content-length"})


@contextmanager
def reverse_proxy(port: int, upstream: int, certificate: Path, prefix: str) -> Iterator[None]:
    """Listen on ``port`` with TLS. What lies under ``prefix`` is asked for at ``upstream`` without it.

    The well-known addresses of the whole site, which have the prefix at their end (RFC 8414 section 3.1), are asked
    for as they are.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path.startswith(f"{prefix}/"):
                self._pass_on(self.path.removeprefix(prefix))
            elif self.path.startswith("/.well-known/") and self.path.endswith(prefix):
                self._pass_on(self.path)
            else:
                self.send_error(404)

        do_POST = do_GET  # noqa: N815 - the name that http.server calls

        def _pass_on(self, path: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            connection = http.client.HTTPConnection("127.0.0.1", upstream, timeout=30)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            headers["X-Forwarded-For"] = str(self.client_address[0])
            connection.request(self.command, path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as site:
        site.socket = context.wrap_socket(site.socket, server_side=True)
        thread = Thread(target=site.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            site.shutdown()
            thread.join(5)
