"""The site of the program in the browser: a few static files, and what it is told of the server."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.relying.running import NODE, PROGRAMS

_SPA = PROGRAMS / "spa"
_LIBRARY = NODE / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"
_FILES = {"/app.js": _SPA / "app.js", "/oidc-client-ts.min.js": _LIBRARY}


@contextmanager
def spa_site(settings: Mapping[str, Any]) -> Iterator[int]:
    """Serve it; its port. ``settings`` may be filled in later."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/settings.json":
                self._send(json.dumps(dict(settings)).encode(), "application/json")
            elif path in _FILES:
                self._send(_FILES[path].read_bytes(), "text/javascript")
            else:
                self._send((_SPA / "index.html").read_bytes(), "text/html; charset=utf-8")

        def _send(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        thread = Thread(target=site.serve_forever, daemon=True)
        thread.start()
        try:
            yield site.server_port
        finally:
            site.shutdown()
            thread.join(5)
