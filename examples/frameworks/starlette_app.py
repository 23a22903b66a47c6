"""An API of three routes with Starlette: open to all, for callers with a token, for those with a scope.

Start a server with `make serve`, then `python examples/frameworks/starlette_app.py`. ISSUER, AUDIENCE, PORT and
RESOURCE in the environment change whose tokens it takes, where it listens and what it is called.
"""

import os

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gatepass import Verifier
from gatepass.starlette import TokenGuard

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
AUDIENCE = os.environ.get("AUDIENCE", ISSUER)
PORT = int(os.environ.get("PORT", "8001"))
RESOURCE = os.environ.get("RESOURCE", f"http://127.0.0.1:{PORT}")

guard = TokenGuard(Verifier(ISSUER, audience=AUDIENCE), resource=RESOURCE)


@guard.token_optional
async def open_to_all(request: Request) -> JSONResponse:
    caller = guard.optional_principal_of(request)
    return JSONResponse({"hello": caller.subject if caller else "stranger"})


@guard.token_required
async def protected(request: Request) -> JSONResponse:
    return JSONResponse({"caller": guard.principal_of(request).subject})


@guard.token_required("orders:read")
def scoped(request: Request) -> JSONResponse:
    caller = guard.principal_of(request)
    return JSONResponse({"caller": caller.subject, "scopes": sorted(caller.scopes)})


app = Starlette(
    routes=[Route("/open", open_to_all), Route("/protected", protected), Route("/scoped", scoped)]
)
guard.serve_metadata(app)

if __name__ == "__main__":
    uvicorn.run(app, port=PORT)
