"""From a shared secret to a key pair: new tokens are signed with a key, old ones are taken until the last has expired.

ISSUER=https://auth.example.com SIGNING_KEY=signing.pem OLD_SECRET=... PASSWORD=... PORT=8001 python transition.py
"""

import os
from typing import Any

from flask import Flask, request

from gatepass import MultiIssuerVerifier, Signer, Verifier, load_key
from gatepass.flask import TokenGuard

ISSUER, KEY_FILE = os.environ["ISSUER"], os.environ["SIGNING_KEY"]

app = Flask(__name__)
key = load_key(KEY_FILE, private=True)
signer = Signer(key, issuer=ISSUER, audience="shop-api")

accepted = [Verifier.from_pem(KEY_FILE, issuer=ISSUER, audience="shop-api")]
if secret := os.environ.get("OLD_SECRET"):  # to be taken away when the last old token has expired
    accepted.append(Verifier.from_secret(secret, issuer="shop", audience="shop-api", types=["at+jwt", "JWT"]))
guard = TokenGuard(MultiIssuerVerifier(accepted))

PASSWORDS = {"ann": os.environ["PASSWORD"]}  # stands for your table of people and hashes


@app.post("/login")
def login() -> Any:
    name, password = request.form["name"], request.form["password"]
    if password != PASSWORDS.get(name):
        return {"message": "Wrong name or password"}, 401
    return {"access_token": signer.issue(name, expires_in=900)}


@app.get("/.well-known/oauth-authorization-server")
def metadata() -> dict[str, object]:
    return {
        "issuer": ISSUER,
        "jwks_uri": f"{ISSUER}/.well-known/jwks.json",
        "response_types_supported": [],
    }


@app.get("/.well-known/jwks.json")
def jwks() -> dict[str, object]:
    return {"keys": [key.public_jwk()]}


@app.get("/protected")
@guard.token_required
def protected() -> dict[str, str]:
    return {"caller": guard.principal.subject, "issuer": guard.principal.issuer}


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
