"""An API of three routes with no framework, on WSGI: open to all, for callers with a token, for those with a scope.

Start a server with `make serve`, then `python examples/frameworks/wsgi_app.py`. ISSUER, AUDIENCE, PORT and
RESOURCE in the environment change whose tokens it takes, where it listens and what it is called.
"""

import json
import os
from collections.abc import Iterable
from wsgiref.simple_server import make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from gatepass import Verifier
from gatepass.guard import Requirement
from gatepass.wsgi import TokenGuard, TokenMiddleware

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
AUDIENCE = os.environ.get("AUDIENCE", ISSUER)
PORT = int(os.environ.get("PORT", "8001"))
RESOURCE = os.environ.get("RESOURCE", f"http://127.0.0.1:{PORT}")

guard = TokenGuard(Verifier(ISSUER, audience=AUDIENCE), resource=RESOURCE)
REQUIRED = {
    "/open": Requirement(optional=True),
    "/protected": Requirement(),
    "/scoped": Requirement(scopes=("orders:read",)),
}


def orders(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    caller = guard.optional_principal_of(environ)
    status = "200 OK"
    content: dict[str, object] = {}
    match environ["PATH_INFO"], caller:
        case "/open", _:
            content = {"hello": caller.subject if caller else "stranger"}
        case "/protected", _ if caller:
            content = {"caller": caller.subject}
        case "/scoped", _ if caller:
            content = {"caller": caller.subject, "scopes": sorted(caller.scopes)}
        case _:
            status, content = "404 Not Found", {"message": "There is nothing here"}
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(content).encode()]


app = TokenMiddleware(orders, guard, lambda environ: REQUIRED.get(environ["PATH_INFO"]))

if __name__ == "__main__":
    make_server("127.0.0.1", PORT, app).serve_forever()
