"""``gatepass.fastapi``: dependencies give a principal."""

from typing import Annotated, assert_type

from fastapi import Depends, FastAPI, Security

from gatepass import DPoP, Principal, Verifier
from gatepass.fastapi import TokenGuard


def create_app(verifier: Verifier) -> FastAPI:
    """An app with every kind of dependency."""
    guard = TokenGuard(verifier, realm="orders", resource="https://api.test", dpop=DPoP())
    app = FastAPI(dependencies=[Depends(guard.require("orders:read", max_age=60))])
    guard.install(app)

    @app.get("/read", responses=guard.responses)
    async def read(caller: Annotated[Principal, Security(guard.principal, scopes=["a"])]) -> str:
        assert_type(caller, Principal)
        return caller.subject

    @app.get("/open")
    def greet(caller: Annotated[Principal | None, Depends(guard.optional_principal)]) -> str:
        return caller.subject if caller else "stranger"

    assert callable(read)
    assert callable(greet)
    return app
