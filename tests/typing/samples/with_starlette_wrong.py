"""``gatepass.starlette``: what both type checkers must refuse, each error marked."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from gatepass import Verifier
from gatepass.starlette import TokenBackend, TokenGuard, TokenMiddleware


def create(verifier: Verifier, request: Request) -> None:
    """Wrong in every line that is marked."""
    guard = TokenGuard(verifier)
    TokenGuard(verifier, dpop=True)  # type: ignore[arg-type]
    TokenBackend(verifier)  # type: ignore[arg-type]  # a backend is made of a guard
    TokenMiddleware(guard)  # type: ignore[call-arg, arg-type]  # the program comes first
    guard.token_required("a", max_age="60")  # type: ignore[call-overload]
    guard.optional_principal_of(request).subject  # type: ignore[union-attr]  # noqa: B018 - there may be none

    @guard.token_required("orders:read")
    async def orders(request: Request) -> JSONResponse:
        return JSONResponse(guard.principal_of(request).scopes_granted)  # type: ignore[attr-defined]

    orders("1")  # type: ignore[arg-type, unused-coroutine]  # a protected endpoint takes what it took before
