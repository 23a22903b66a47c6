"""After: the same program with Gatepass, which takes the other one's tokens and signs tokens that the other takes.

SECRET=... PASSWORD=... PORT=8001 python after.py
"""

import os
from typing import Any

from flask import Flask, request

from gatepass import Signer, Verifier
from gatepass.flask import TokenGuard

ACCESS = {"type": "access"}  # keeps out Flask-JWT-Extended's refresh tokens, which have the same form

app = Flask(__name__)
signer = Signer.from_secret(os.environ["SECRET"], issuer="shop", audience="shop-api")
verifier = Verifier.from_secret(
    os.environ["SECRET"],
    issuer="shop",
    audience="shop-api",
    types=["at+jwt", "JWT"],
    scope_claims=["scope", "role"],
    required_claims=ACCESS,
)
guard = TokenGuard(verifier)

PASSWORDS = {"ann": os.environ["PASSWORD"]}  # stands for your table of people and hashes


@app.post("/login")
def login() -> Any:
    name, password = request.form["name"], request.form["password"]
    if password != PASSWORDS.get(name):
        return {"msg": "Bad name or password"}, 401
    return {"access_token": signer.issue(name, expires_in=900, claims={"role": "staff", **ACCESS})}


@app.get("/protected")
@guard.token_required
def protected() -> dict[str, str]:
    return {"caller": guard.principal.subject}


@app.get("/staff")
@guard.token_required("staff")
def staff() -> dict[str, str]:
    return {"caller": guard.principal.subject}


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
