"""Protect FastAPI routes with access tokens: the only file that imports FastAPI.

guard = TokenGuard(verifier)

@app.get("/orders")
async def orders(caller: Annotated[Principal, Depends(guard.require("orders:read"))]):
    return {"caller": caller.subject}
"""

# No `from __future__ import annotations`: FastAPI reads the annotations of dependencies when they are made.

import functools
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar, Unpack, cast, overload
from urllib.parse import unquote

from fastapi import Depends, FastAPI, HTTPException, Request, Security, WebSocketException
from fastapi.openapi.models import HTTPBase, HTTPBearer, OpenIdConnect
from fastapi.openapi.models import SecurityBase as SchemeModel
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.routing import Route

from gatepass import asgi
from gatepass.bearer import Refusal
from gatepass.guard import AccessTokenVerifier, Requirement
from gatepass.guard.gate import Refusable
from gatepass.guard.options import GateOptions
from gatepass.principal import Principal

TokenMiddleware = asgi.TokenMiddleware

View = TypeVar("View", bound=Callable[..., Any])

_REFUSAL = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}
_STATUSES = {
    400: "The request carries several tokens",
    401: "The token is missing or not good",
    403: "The token lacks a scope",
    503: "Tokens cannot be checked at the moment",
}
_ADDED = "gatepass_caller"
"""The parameter by which a decorated function asks for its dependency."""


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

    def __init__(self, model: SchemeModel, name: str) -> None:
        self.model = model
        self.scheme_name = name

    async def __call__(self) -> None:
        """Nothing to do when a request comes; asynchronous, as FastAPI would start a thread for anything else."""


class TokenGuard(asgi.TokenGuard):
    """Lets requests with a good token through to a route, and shows in OpenAPI that they need one.

    Args:
        verifier: What checks the tokens.
        openid_connect_url: The issuer's discovery document, for OpenAPI; without it the tokens are shown as plain
            bearer tokens.
        scheme: Or any scheme of ``fastapi.security``, such as ``OAuth2AuthorizationCodeBearer`` with the issuer's
            addresses. OpenAPI shows it; it checks nothing.
        options: As of ``gatepass.guard.Gate``.

    Attributes:
        responses: For ``responses=`` of an application, router or route: documents 400, 401, 403 and 503.
        principal: A dependency: ``Annotated[Principal, Security(guard.principal, scopes=["orders:read"])]``. Tests
            may put another in its place, by ``app.dependency_overrides``, and so for :meth:`require` too.
        optional_principal: A dependency that is ``None`` where no token came; a bad one is still refused.
    """

    principal: Callable[..., Awaitable[Principal]]
    optional_principal: Callable[..., Awaitable[Principal | None]]

    def __init__(
        self,
        verifier: AccessTokenVerifier,
        *,
        openid_connect_url: str | None = None,
        scheme: SecurityBase | None = None,
        **options: Unpack[GateOptions],
    ) -> None:
        super().__init__(verifier, **options)
        self.responses: dict[int | str, dict[str, Any]] = {
            status: {"description": text, "content": {"application/json": {"schema": _REFUSAL}}}
            for status, text in _STATUSES.items()
        }
        bearer = not options.get("require_dpop", False)
        shown = Security(_scheme(openid_connect_url, scheme, bearer=bearer))

        async def principal(connection: HTTPConnection, scopes: SecurityScopes, _: None = shown) -> Principal:
            return _present(await self._judge(connection, Requirement(scopes=tuple(scopes.scopes))))

        async def optional_principal(
            connection: HTTPConnection, scopes: SecurityScopes, _: None = shown
        ) -> Principal | None:
            return await self._judge(connection, Requirement(scopes=tuple(scopes.scopes), optional=True))

        self.principal = principal
        self.optional_principal = optional_principal

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
            any_of: Scopes one of which is enough. OpenAPI does not list them, as what it lists is needed, all of it.
            acr_values: How the user must have signed in (RFC 9470).
            max_age: Seconds within which the user must have signed in (RFC 9470).
        """
        requirement = Requirement(
            scopes=scopes, any_of=tuple(any_of), acr_values=tuple(acr_values), max_age=max_age
        )
        admitted = Security(self.principal, scopes=scopes)

        async def required_principal(connection: HTTPConnection, caller: Principal = admitted) -> Principal:
            try:
                requirement.apply(caller, self.verifier.clock())
            except Refusable as error:
                raise self._refused(error, connection) from None
            return caller

        return required_principal

    @overload
    def token_required(self, view: View, /) -> View: ...

    @overload
    def token_required(
        self,
        /,
        *scopes: str,
        any_of: Sequence[str] = (),
        acr_values: Sequence[str] = (),
        max_age: int | None = None,
    ) -> Callable[[View], View]: ...

    def token_required(self, /, *arguments: Any, **further: Any) -> Any:
        """Protect a route as in other frameworks: ``@guard.token_required``, or with scopes, below ``@app.get(...)``.

        The function need not name a parameter for its caller; one that has ``Depends(guard.principal)`` gets it.

        Args:
            arguments: The scopes that the token must grant, all of them.
            further: As of :meth:`require`.
        """
        if len(arguments) == 1 and callable(arguments[0]) and not further:
            return _depending(arguments[0], self.require())
        dependency = self.require(*arguments, **further)
        return lambda view: _depending(view, dependency)

    def token_optional(self, view: View, /) -> View:
        """Refuse bad tokens, and let requests without one through."""
        return _depending(view, self.optional_principal)

    def serve_metadata(self, app: FastAPI) -> None:
        """Serve the metadata document of the API at its well-known address (RFC 9728 section 3)."""
        path = unquote(self.metadata_path)  # a route is compared with what the path means
        # A plain route: dependencies of the whole application must not ask for a token here.
        app.router.routes.append(Route(path, lambda _request: JSONResponse(self.metadata), methods=["GET"]))

    def install(self, app: FastAPI) -> None:
        """Answer refusals as every other adapter does, with ``{"message": ...}``, and serve the metadata document."""
        app.add_exception_handler(RefusedError, _answer)
        if self.resource is not None:
            self.serve_metadata(app)

    async def _judge(self, connection: HTTPConnection, requirement: Requirement) -> Principal | None:
        try:
            return await self.let_in(connection.scope, requirement)
        except Refusable as error:
            raise self._refused(error, connection) from None

    def _refused(self, error: Any, connection: HTTPConnection) -> RefusedError | WebSocketException:
        refusal = self.refuse(error, self.presented(connection.scope))
        if asgi.can_answer(connection.scope):
            return RefusedError(refusal)
        return WebSocketException(1008, refusal.message)


def _scheme(openid_connect_url: str | None, scheme: SecurityBase | None, *, bearer: bool) -> _Scheme:
    if scheme is not None:
        if openid_connect_url is not None:
            raise ValueError("openid_connect_url and scheme say the same: give one of them.")
        return _Scheme(scheme.model, scheme.scheme_name)
    if openid_connect_url is not None:
        return _Scheme(OpenIdConnect(openIdConnectUrl=openid_connect_url), "accessToken")
    return _Scheme(HTTPBearer(bearerFormat="JWT") if bearer else HTTPBase(scheme="dpop"), "accessToken")


def _present(principal: Principal | None) -> Principal:
    if principal is None:
        raise RuntimeError("only an optional token may be missing")
    return principal


def _depending(view: View, dependency: Callable[..., Any]) -> View:
    """Let a function depend on something that it does not ask for itself."""
    if inspect.isclass(view):
        raise TypeError("token_required protects a function.")
    signature = inspect.signature(view)
    parameters = list(signature.parameters.values())
    last = bool(parameters) and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD
    added = inspect.Parameter(_ADDED, inspect.Parameter.KEYWORD_ONLY, default=Depends(dependency))
    parameters.insert(len(parameters) - last, added)

    if inspect.iscoroutinefunction(view):

        @functools.wraps(view)
        async def guarded(*args: Any, **kwargs: Any) -> Any:
            _judged(kwargs)
            return await view(*args, **kwargs)
    else:

        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            _judged(kwargs)
            return view(*args, **kwargs)

    guarded.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # inspect reads it
    return cast("View", guarded)


def _judged(kwargs: dict[str, Any]) -> None:
    """Take the added argument away; FastAPI hands it in once the dependency behind it has let the request in.

    Raises:
        RuntimeError: It is not there, so nobody has judged the request: the route is no FastAPI route, or another
            decorator hides what this one added.
    """
    if _ADDED not in kwargs:
        raise RuntimeError(
            "token_required protects the routes of FastAPI, and nothing judged this request: put it directly below "
            "the decorator of the route, or use Depends(guard.require(...))."
        )
    del kwargs[_ADDED]


async def _answer(_connection: Request, error: Exception) -> JSONResponse:
    # To a WebSocket it is an answer as well, as RefusedError is raised only where the server can send it one.
    if not isinstance(error, RefusedError):
        raise error
    response = JSONResponse({"message": error.refusal.message}, error.refusal.status)
    for name, value in error.refusal.headers:
        response.headers.append(name, value)
    return response
