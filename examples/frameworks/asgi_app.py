"""An API of three routes with no framework, on ASGI: open to all, for callers with a token, for those with a scope.

Start a server with `make serve`, then `python examples/frameworks/asgi_app.py`. ISSUER, AUDIENCE, PORT and
RESOURCE in the environment change whose tokens it takes, where it listens and what it is called.
"""

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

from gatepass import Verifier
from gatepass.asgi import TokenGuard, TokenMiddleware
from gatepass.guard import Requirement

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
AUDIENCE = os.environ.get("AUDIENCE", ISSUER)
PORT = int(os.environ.get("PORT", "8001"))
RESOURCE = os.environ.get("RESOURCE", f"http://127.0.0.1:{PORT}")

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

guard = TokenGuard(Verifier(ISSUER, audience=AUDIENCE), resource=RESOURCE)


async def answer(send: Send, status: int, content: object) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


async def open_to_all(scope: Scope, _receive: Receive, send: Send) -> None:
    caller = guard.optional_principal_of(scope)
    await answer(send, 200, {"hello": caller.subject if caller else "stranger"})


async def protected(scope: Scope, _receive: Receive, send: Send) -> None:
    await answer(send, 200, {"caller": guard.principal_of(scope).subject})


async def scoped(scope: Scope, _receive: Receive, send: Send) -> None:
    caller = guard.principal_of(scope)
    await answer(send, 200, {"caller": caller.subject, "scopes": sorted(caller.scopes)})


ROUTES = {
    "/open": TokenMiddleware(open_to_all, guard, Requirement(optional=True)),
    "/protected": TokenMiddleware(protected, guard),
    "/scoped": TokenMiddleware(scoped, guard, Requirement(scopes=("orders:read",))),
    guard.metadata_path: TokenMiddleware(protected, guard),
}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    route = ROUTES.get(scope["path"]) if scope["type"] == "http" else None
    if route is not None:
        await route(scope, receive, send)
    elif scope["type"] == "http":
        await answer(send, 404, {"message": "There is nothing here"})


if __name__ == "__main__":
    uvicorn.run(app, port=PORT, lifespan="off")
