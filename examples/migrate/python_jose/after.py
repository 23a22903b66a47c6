"""After: the same program, whose tokens Gatepass checks.

SECRET=... PORT=8001 python after.py
"""

import os
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI

from gatepass import Principal, Verifier
from gatepass.fastapi import TokenGuard

verifier = Verifier.from_secret(
    os.environ["SECRET"],
    issuer="shop",
    audience="shop-api",
    types=["at+jwt", "JWT"],
    scope_claims=["scope", "scopes"],
)
app = FastAPI()
guard = TokenGuard(verifier)
guard.install(app)


@app.get("/protected")
def protected(caller: Annotated[Principal, Depends(guard.principal)]) -> dict[str, str]:
    return {"caller": caller.subject}


@app.get("/orders")
def orders(caller: Annotated[Principal, Depends(guard.require("orders:read"))]) -> dict[str, str]:
    return {"caller": caller.subject}


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["PORT"]))
