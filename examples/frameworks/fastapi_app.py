"""An API of three routes with FastAPI: open to all, for callers with a token, for those with a scope.

Start a server with `make serve`, then `python examples/frameworks/fastapi_app.py`. ISSUER, AUDIENCE, PORT and
RESOURCE in the environment change whose tokens it takes, where it listens and what it is called.
"""

import os
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI

from gatepass import Principal, Verifier
from gatepass.fastapi import TokenGuard

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
AUDIENCE = os.environ.get("AUDIENCE", ISSUER)
PORT = int(os.environ.get("PORT", "8001"))
RESOURCE = os.environ.get("RESOURCE", f"http://127.0.0.1:{PORT}")

app = FastAPI(title="Orders")
guard = TokenGuard(Verifier(ISSUER, audience=AUDIENCE), resource=RESOURCE)
guard.install(app)


@app.get("/open")
async def open_to_all(
    caller: Annotated[Principal | None, Depends(guard.optional_principal)],
) -> dict[str, str]:
    return {"hello": caller.subject if caller else "stranger"}


@app.get("/protected", responses=guard.responses)
async def protected(caller: Annotated[Principal, Depends(guard.principal)]) -> dict[str, str]:
    return {"caller": caller.subject}


@app.get("/scoped", responses=guard.responses)
def scoped(caller: Annotated[Principal, Depends(guard.require("orders:read"))]) -> dict[str, object]:
    return {"caller": caller.subject, "scopes": sorted(caller.scopes)}


if __name__ == "__main__":
    uvicorn.run(app, port=PORT)
