"""An API of three routes with Flask: open to all, for callers with a token, for those with a scope.

Start a server with `make serve`, then `python examples/frameworks/flask_app.py`. ISSUER, AUDIENCE, PORT and
RESOURCE in the environment change whose tokens it takes, where it listens and what it is called.
"""

import os

from flask import Flask

from gatepass import Verifier
from gatepass.flask import TokenGuard

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
AUDIENCE = os.environ.get("AUDIENCE", ISSUER)
PORT = int(os.environ.get("PORT", "8001"))
RESOURCE = os.environ.get("RESOURCE", f"http://127.0.0.1:{PORT}")

app = Flask(__name__)
guard = TokenGuard(Verifier(ISSUER, audience=AUDIENCE), resource=RESOURCE)
guard.serve_metadata(app)


@app.get("/open")
@guard.token_optional
def open_to_all() -> dict[str, str]:
    caller = guard.optional_principal
    return {"hello": caller.subject if caller else "stranger"}


@app.get("/protected")
@guard.token_required
def protected() -> dict[str, str]:
    return {"caller": guard.principal.subject}


@app.get("/scoped")
@guard.token_required("orders:read")
def scoped() -> dict[str, object]:
    return {"caller": guard.principal.subject, "scopes": sorted(guard.principal.scopes)}


if __name__ == "__main__":
    app.run(port=PORT)
