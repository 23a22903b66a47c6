"""The routes of the shared suite with Starlette."""

import asyncio

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gatepass.starlette import TokenGuard
from tests.adapters.apps import common

guard = TokenGuard(common.verifier(), **common.options())


async def view(request: Request) -> JSONResponse:
    if request.url.path == common.SLOW:
        await asyncio.sleep(common.NAP)
    caller = guard.optional_principal_of(request)
    return JSONResponse({"caller": caller.subject if caller else None})


def route(path: str) -> Route:
    asked = common.REQUIREMENTS[path]
    protect = (
        guard.token_optional if asked.optional else guard.token_required(*asked.scopes, **common.asked(path))
    )
    return Route(path, protect(view), methods=["GET"])


app = Starlette(routes=[route(path) for path in common.REQUIREMENTS])
guard.serve_metadata(app)

if __name__ == "__main__":
    uvicorn.run(app, port=common.PORT, log_level="warning")
