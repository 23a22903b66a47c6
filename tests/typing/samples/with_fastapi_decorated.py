"""``gatepass.fastapi``: the decorators of the other adapters, schemes, and WebSockets."""

from typing import Annotated, assert_type

from fastapi import Depends, FastAPI, WebSocket
from fastapi.security import OAuth2AuthorizationCodeBearer

from gatepass import Principal, Verifier
from gatepass.fastapi import TokenGuard


def create_app(verifier: Verifier) -> FastAPI:
    """An app with decorated functions."""
    flow = OAuth2AuthorizationCodeBearer("https://auth.test/authorize", "https://auth.test/token")
    guard = TokenGuard(verifier, scheme=flow)
    app = FastAPI()

    @app.get("/plain")
    @guard.token_required
    def plain(number: int) -> int:
        return number

    @app.get("/scoped")
    @guard.token_required("orders:read", any_of=("a", "b"), acr_values=["mfa"])
    async def scoped(caller: Annotated[Principal, Depends(guard.principal)]) -> str:
        return caller.subject

    @app.get("/open")
    @guard.token_optional
    async def greet() -> str:
        return "hello"

    @app.websocket("/talk")
    async def talk(socket: WebSocket, caller: Annotated[Principal, Depends(guard.require())]) -> None:
        await socket.send_text(caller.subject)

    assert_type(plain(1), int)
    assert callable(scoped)
    assert callable(greet)
    assert callable(talk)
    return app
