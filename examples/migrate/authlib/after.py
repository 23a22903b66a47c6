"""After: the same API, whose tokens Gatepass checks.

ISSUER=https://auth.example.com AUDIENCE=orders-api PORT=8001 python after.py
"""

import os

from flask import Flask

from gatepass import Verifier
from gatepass.flask import TokenGuard

ISSUER, AUDIENCE = os.environ["ISSUER"], os.environ["AUDIENCE"]

app = Flask(__name__)
guard = TokenGuard(Verifier(ISSUER, audience=AUDIENCE))


@app.get("/protected")
@guard.token_required
def protected() -> dict[str, str]:
    return {"caller": guard.principal.subject}


@app.get("/orders")
@guard.token_required("orders:read")
def orders() -> dict[str, str]:
    return {"caller": guard.principal.subject}


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
