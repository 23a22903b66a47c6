"""``gatepass.starlette``: endpoints, the backend and middleware."""

from typing import assert_type

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gatepass import Principal, Verifier
from gatepass.starlette import TokenBackend, TokenGuard, TokenMiddleware


def create_app(verifier: Verifier) -> Starlette:
    """An app with everything."""
    guard = TokenGuard(verifier, resource="https://api.test")
    backend = TokenBackend(guard)

    @guard.token_required("orders:read", any_of=("a", "b"))
    async def orders(request: Request) -> JSONResponse:
        assert_type(guard.principal_of(request), Principal)
        assert_type(guard.optional_principal_of(request), Principal | None)
        return JSONResponse({})

    app = Starlette(
        routes=[Route("/orders", orders)],
        middleware=[
            Middleware(TokenMiddleware, guard),
            Middleware(AuthenticationMiddleware, backend=backend, on_error=backend.on_error),
        ],
    )
    guard.serve_metadata(app)
    return app
