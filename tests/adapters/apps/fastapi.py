"""The routes of the shared suite with FastAPI."""

import asyncio
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI

from gatepass import Principal
from gatepass.fastapi import TokenGuard
from tests.adapters.apps import common

app = FastAPI()
guard = TokenGuard(common.verifier(), **common.options())
guard.install(app)


def add(path: str) -> None:
    asked = common.REQUIREMENTS[path]
    dependency: Any = (
        guard.optional_principal if asked.optional else guard.require(*asked.scopes, **common.asked(path))
    )

    async def view(caller: Annotated[Principal | None, Depends(dependency)]) -> dict[str, str | None]:
        if path == common.SLOW:
            await asyncio.sleep(common.NAP)
        return {"caller": caller.subject if caller else None}

    app.add_api_route(path, view, methods=["GET"], name=path)


for path in common.REQUIREMENTS:
    add(path)

if __name__ == "__main__":
    uvicorn.run(app, port=common.PORT, log_level="warning")
