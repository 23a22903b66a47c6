"""Protect Starlette endpoints with access tokens: the only file that imports Starlette by itself.

guard = TokenGuard(verifier)

@guard.token_required("orders:read")
async def orders(request):
    return JSONResponse({"caller": guard.principal_of(request).subject})
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload
from urllib.parse import unquote

from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    AuthenticationError,
    BaseUser,
)
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.websockets import WebSocket

from gatepass import asgi
from gatepass.errors import MissingTokenError
from gatepass.guard import Requirement
from gatepass.guard.gate import Refusable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.applications import Starlette

    from gatepass.bearer import Refusal
    from gatepass.principal import Principal

View = TypeVar("View", bound="Callable[..., Any]")

TokenMiddleware = asgi.TokenMiddleware


class TokenGuard(asgi.TokenGuard):
    """Lets requests with a good token through to an endpoint; the arguments are those of ``gatepass.guard.Gate``.

    ``guard.principal_of(request)`` is the caller.
    """

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
        """Protect an endpoint: ``@guard.token_required``, or ``@guard.token_required("orders:read")`` with scopes.

        The endpoint is a function or coroutine function of the request or WebSocket, or such a method of an
        ``HTTPEndpoint``, or ``on_connect`` of a ``WebSocketEndpoint``; a plain function runs in a thread, as
        Starlette does it. A WebSocket is refused before it is accepted.

        Args:
            arguments: The scopes that the token must grant, all of them.
            further: ``any_of``, scopes one of which is enough; ``acr_values`` and ``max_age`` (seconds), how and
                how recently the user must have signed in (RFC 9470).
        """
        if len(arguments) == 1 and callable(arguments[0]) and not further:
            return self._protect(arguments[0], Requirement())
        requirement = Requirement(scopes=arguments, **further)
        return lambda view: self._protect(view, requirement)

    def token_optional(self, view: View, /) -> View:
        """Let requests without a token through as well; ``optional_principal_of(request)`` is then ``None``.

        A bad token is still refused.
        """
        return self._protect(view, Requirement(optional=True))

    def serve_metadata(self, app: Starlette) -> None:
        """Serve the metadata document of the API at its well-known address (RFC 9728 section 3)."""
        path = unquote(self.metadata_path)  # a route is compared with what the path means
        route = Route(path, lambda _request: JSONResponse(self.metadata), methods=["GET"])
        app.router.routes.insert(0, route)  # a program mounted at "/" takes all that comes after it

    def response(self, refusal: Refusal) -> JSONResponse:
        """A refusal as a response."""
        response = JSONResponse({"message": refusal.message}, refusal.status)
        for name, value in refusal.headers:
            response.headers.append(name, value)
        return response

    def _protect(self, view: View, requirement: Requirement) -> View:
        if inspect.isclass(view):
            raise TypeError(
                "token_required protects a function or method; decorate the methods of an HTTPEndpoint."
            )
        asynchronous = _is_asynchronous(view)

        @functools.wraps(view)
        async def guarded(*args: Any, **kwargs: Any) -> Any:
            connection = _connection_among((*args, *kwargs.values()))
            try:
                await self.let_in(connection.scope, requirement)
            except Refusable as error:
                refusal = self.refuse(error, self.presented(connection.scope))
                if isinstance(connection, Request):
                    return self.response(refusal)
                # By the socket's own methods, which then know that it is closed.
                return await asgi.answer(connection.scope, connection.receive, connection.send, refusal)
            if asynchronous:
                return await view(*args, **kwargs)
            return await run_in_threadpool(view, *args, **kwargs)

        return cast("View", guarded)


def _is_asynchronous(view: Callable[..., Any]) -> bool:
    """Whether what a view answers is awaited, as Starlette sees it: objects may be called asynchronously too."""
    while isinstance(view, functools.partial):
        view = view.func
    called = getattr(view, "__call__", None)  # noqa: B004 - not whether it can be called, but how
    return inspect.iscoroutinefunction(view) or inspect.iscoroutinefunction(called)


def _connection_among(arguments: Sequence[object]) -> Request | WebSocket:
    for one in arguments:
        if isinstance(one, (Request, WebSocket)):
            return one
    raise TypeError("token_required protects an endpoint, which is called with a request or a WebSocket.")


class TokenUser(BaseUser):
    """The caller as Starlette's ``request.user``.

    Args:
        principal: Who is calling.
    """

    def __init__(self, principal: Principal) -> None:
        self.principal = principal

    @property
    def is_authenticated(self) -> bool:
        """Always: there is such a user only where a token was verified."""
        return True

    @property
    def display_name(self) -> str:
        """``sub``, the only name that every token has."""
        return self.principal.subject

    @property
    def identity(self) -> str:
        """``sub``."""
        return self.principal.subject


class _RefusedError(AuthenticationError):
    """Carries the refusal to :meth:`TokenBackend.on_error`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class TokenBackend(AuthenticationBackend):
    """A backend for Starlette's ``AuthenticationMiddleware``.

    ``Middleware(AuthenticationMiddleware, backend=backend, on_error=backend.on_error)``; then ``request.user`` is a
    :class:`TokenUser`, and ``@requires("orders:read")`` asks for scopes of the token. Without a token nobody is
    signed in; with a bad one the request is refused.

    Args:
        guard: Judges requests.
    """

    def __init__(self, guard: TokenGuard) -> None:
        self._guard = guard

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        """Judge a request.

        Raises:
            AuthenticationError: It is refused; ``on_error`` makes the answer.
        """
        guard = self._guard
        try:
            principal = await guard.let_in(conn.scope, Requirement(optional=True))
        except MissingTokenError:
            return None
        except Refusable as error:
            raise _RefusedError(guard.refuse(error, guard.presented(conn.scope))) from None
        if principal is None:
            return None
        return AuthCredentials(["authenticated", *sorted(principal.scopes)]), TokenUser(principal)

    def on_error(self, _conn: HTTPConnection, error: AuthenticationError) -> JSONResponse:
        """The answer to a refused request."""
        if isinstance(error, _RefusedError):
            return self._guard.response(error.refusal)
        return JSONResponse({"message": "Token is invalid"}, 401)
