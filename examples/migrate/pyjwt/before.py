"""Before: an API that checks tokens with PyJWT, its PyJWKClient and a decorator of its own.

ISSUER=https://auth.example.com AUDIENCE=orders-api PORT=8001 python before.py
"""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import jwt
from flask import Flask, g, jsonify, request

ISSUER, AUDIENCE = os.environ["ISSUER"], os.environ["AUDIENCE"]

app = Flask(__name__)
keys = jwt.PyJWKClient(f"{ISSUER}/.well-known/jwks.json")


def token_required(*scopes: str) -> Callable[..., Any]:
    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme != "Bearer":
                return jsonify(message="Token is missing"), 401
            try:
                key = keys.get_signing_key_from_jwt(token)
                g.claims = jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER)
            except jwt.PyJWTError:
                return jsonify(message="Token is invalid"), 401
            if not set(scopes) <= set(g.claims.get("scope", "").split()):
                return jsonify(message="Token lacks a scope"), 403
            return view(*args, **kwargs)

        return guarded

    return decorate


@app.get("/protected")
@token_required()
def protected() -> dict[str, Any]:
    return {"caller": g.claims.get("sub")}


@app.get("/orders")
@token_required("orders:read")
def orders() -> dict[str, Any]:
    return {"caller": g.claims.get("sub")}


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
