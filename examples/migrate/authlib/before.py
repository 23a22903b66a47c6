"""Before: an API behind Authlib's ResourceProtector and JWTBearerTokenValidator.

ISSUER=https://auth.example.com AUDIENCE=orders-api PORT=8001 python before.py
"""

import json
import os
from functools import cache
from typing import Any
from urllib.request import urlopen

from authlib.integrations.flask_oauth2 import ResourceProtector, current_token
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from flask import Flask

ISSUER, AUDIENCE = os.environ["ISSUER"], os.environ["AUDIENCE"]


@cache
def jwks() -> Any:
    with urlopen(f"{ISSUER}/.well-known/jwks.json", timeout=10) as answer:
        return json.load(answer)


class Tokens(JWTBearerTokenValidator):
    def get_jwks(self) -> Any:
        return jwks()


app = Flask(__name__)
require_oauth = ResourceProtector()
require_oauth.register_token_validator(Tokens(ISSUER, AUDIENCE))


@app.get("/protected")
@require_oauth()
def protected() -> dict[str, Any]:
    return {"caller": current_token["sub"]}


@app.get("/orders")
@require_oauth("orders:read")
def orders() -> dict[str, Any]:
    return {"caller": current_token["sub"]}


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))

# mypy: ignore-errors
