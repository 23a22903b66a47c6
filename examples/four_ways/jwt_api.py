"""An API that is shown signed tokens (JWT), and checks them without asking anybody.

Run it with ``python examples/four_ways/jwt_api.py`` beside ``make serve``. Log in (``mode=token`` is the default) and
show the token: ``curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8004/orders``. Log-outs reach it by the
revocation feed, within seconds.
"""

import os

from flask import Flask

from gatepass import Verifier
from gatepass.flask import TokenGuard

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
PORT = int(os.environ.get("PORT", "8004"))

app = Flask(__name__)
guard = TokenGuard(Verifier(ISSUER, audience=ISSUER))


@app.get("/orders")
@guard.token_required("account")
def orders() -> dict[str, object]:
    """What somebody ordered."""
    return {"caller": guard.principal.subject, "orders": ["A teapot"]}


if __name__ == "__main__":
    app.run(port=PORT)
