"""Protect FastAPI routes with access tokens: the only file that imports FastAPI.

guard = TokenGuard(verifier)

@app.get("/orders")
async def orders(caller: Annotated[Principal, Depends(guard.require("orders:read"))]):
    return {"caller": caller.subject}
"""

# No `from __future__ import annotations`: FastAPI reads the annotations of dependencies when they are made.

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Unpack

from fastapi import FastAPI, HTTPException, Request, Security
from fastapi.openapi.models import HTTPBearer, OpenIdConnect
from fastapi.responses import JSONResponse
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase

from gatepass import asgi
from gatepass.bearer import Refusal
from gatepass.guard import AccessTokenVerifier, Requirement
from gatepass.guard.gate import Refusable
from gatepass.guard.options import GateOptions
from gatepass.principal import Principal

TokenMiddleware = asgi.TokenMiddleware

_REFUSAL = {"type": "object", "properties": {"message": {"type": "string"}}}


class RefusedError(HTTPException):
    """A request that is not let in; FastAPI answers it, with or without :meth:`TokenGuard.install`."""

    def __init__(self, refusal: Refusal) -> None:
        headers: dict[str, str] = {}
        for name, value in refusal.headers:  # equal names are one list (RFC 9110 section 5.3)
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        super().__init__(refusal.status, refusal.message, headers)
        self.refusal = refusal


class _Scheme(SecurityBase):
    """What OpenAPI says of the tokens; it checks nothing."""

    def __init__(self, openid_connect_url: str | None) -> None:
        self.scheme_name = "accessToken"
        self.model = (
            OpenIdConnect(openIdConnectUrl=openid_connect_url)
            if openid_connect_url
            else HTTPBearer(bearerFormat="JWT")
        )

    def __call__(self) -> None:
        """Nothing to do when a request comes."""


class TokenGuard(asgi.TokenGuard):
    """Lets requests with a good token through to a route, and shows in OpenAPI that they need one.

    Args:
        verifier: What checks the tokens.
        openid_connect_url: The issuer's discovery document, for OpenAPI; without it the tokens are shown as plain
            bearer tokens.
        options: As of ``gatepass.guard.Gate``.

    Attributes:
        responses: For ``responses=`` of an application, router or route: documents 401, 403 and 503.
    """

    def __init__(
        self,
        verifier: AccessTokenVerifier,
        *,
        openid_connect_url: str | None = None,
        **options: Unpack[GateOptions],
    ) -> None:
        super().__init__(verifier, **options)
        self._scheme = _Scheme(openid_connect_url)
        self.responses: dict[int | str, dict[str, Any]] = {
            status: {"description": text, "content": {"application/json": {"schema": _REFUSAL}}}
            for status, text in (
                (401, "The token is missing or not good"),
                (403, "The token lacks a scope"),
                (503, "Tokens cannot be checked at the moment"),
            )
        }
        scheme = Security(self._scheme)

        async def principal(request: Request, scopes: SecurityScopes, _: None = scheme) -> Principal:
            return _present(await self._judge(request, Requirement(scopes=tuple(scopes.scopes))))

        self.principal: Callable[..., Awaitable[Principal]] = principal
        """A dependency: ``Annotated[Principal, Security(guard.principal, scopes=["orders:read"])]``."""

        async def optional_principal(request: Request, _: None = scheme) -> Principal | None:
            return await self._judge(request, Requirement(optional=True))

        self.optional_principal: Callable[..., Awaitable[Principal | None]] = optional_principal
        """A dependency that is ``None`` where no token came; a bad one is still refused."""

    def require(
        self,
        *scopes: str,
        any_of: Sequence[str] = (),
        acr_values: Sequence[str] = (),
        max_age: int | None = None,
    ) -> Callable[..., Awaitable[Principal]]:
        """A dependency: ``Annotated[Principal, Depends(guard.require("orders:read"))]``.

        Also for ``dependencies=[Depends(guard.require(...))]`` of a router or route whose function need not know who
        is calling.

        Args:
            scopes: What the token must grant, all of it; OpenAPI lists them.
            any_of: Scopes one of which is enough.
            acr_values: How the user must have signed in (RFC 9470).
            max_age: Seconds within which the user must have signed in (RFC 9470).
        """
        requirement = Requirement(
            scopes=scopes, any_of=tuple(any_of), acr_values=tuple(acr_values), max_age=max_age
        )
        listed = Security(self._scheme, scopes=[*scopes, *any_of])

        async def required_principal(request: Request, _: None = listed) -> Principal:
            return _present(await self._judge(request, requirement))

        return required_principal

    def serve_metadata(self, app: FastAPI) -> None:
        """Serve the metadata document of the API at its well-known address (RFC 9728 section 3)."""
        app.add_api_route(
            self.metadata_path, lambda: JSONResponse(self.metadata), methods=["GET"], include_in_schema=False
        )

    def install(self, app: FastAPI) -> None:
        """Answer refusals as every other adapter does, with ``{"message": ...}``, and serve the metadata document."""
        app.add_exception_handler(RefusedError, _answer)
        if self.resource is not None:
            self.serve_metadata(app)

    async def _judge(self, request: Request, requirement: Requirement) -> Principal | None:
        try:
            return await self.let_in(request.scope, requirement)
        except Refusable as error:
            raise RefusedError(self.refuse(error, self.presented(request.scope))) from None


def _present(principal: Principal | None) -> Principal:
    if principal is None:
        raise RuntimeError("only an optional token may be missing")
    return principal


async def _answer(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RefusedError):
        raise error
    response = JSONResponse({"message": error.refusal.message}, error.refusal.status)
    for name, value in error.refusal.headers:
        response.headers.append(name, value)
    return response
