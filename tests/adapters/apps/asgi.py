"""The routes of the shared suite with ASGI."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

from gatepass.asgi import TokenGuard, TokenMiddleware
from gatepass.guard import Requirement
from tests.adapters.apps import common

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

guard = TokenGuard(common.verifier(), **common.options())


async def program(scope: Scope, _receive: Receive, send: Send) -> None:
    found = scope["path"] in common.REQUIREMENTS
    status = 404 if not found else 405 if scope["method"] == "DELETE" else 200
    if scope["path"] == common.SLOW:
        await asyncio.sleep(common.NAP)
    caller = guard.optional_principal_of(scope)
    body = json.dumps({"caller": caller.subject if caller else None}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


ROUTES = {
    path: TokenMiddleware(program, guard, requirement) for path, requirement in common.REQUIREMENTS.items()
}
ANY = TokenMiddleware(program, guard, Requirement(optional=True))


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    await ROUTES.get(scope["path"], ANY)(scope, receive, send)


if __name__ == "__main__":
    uvicorn.run(app, port=common.PORT, lifespan="off", log_level="warning")
