"""An API that is shown tokens which mean nothing to it, and asks their issuer about each.

Make it known to the server, and run it beside ``make serve``:

    gatepass clients create --name "Orders API"
    CLIENT_ID=... CLIENT_SECRET=... python examples/four_ways/opaque_api.py

Log in with ``mode=opaque`` and show the token: ``curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8003/orders``.
A log-out ends it at the very next call.
"""

import os

from flask import Flask

from gatepass import IntrospectionVerifier
from gatepass.flask import TokenGuard

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
PORT = int(os.environ.get("PORT", "8003"))

app = Flask(__name__)
guard = TokenGuard(
    IntrospectionVerifier(
        ISSUER,
        audience=ISSUER,
        client_id=os.environ["CLIENT_ID"],
        client_secret=os.environ["CLIENT_SECRET"],
    )
)


@app.get("/orders")
@guard.token_required("account")
def orders() -> dict[str, object]:
    """What somebody ordered."""
    return {"caller": guard.principal.subject, "orders": ["A teapot"]}


if __name__ == "__main__":
    app.run(port=PORT)
