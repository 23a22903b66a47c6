"""A guard in front of an MCP server."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from mcp.server.auth.middleware.auth_context import AuthContextMiddleware
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser

from gatepass import asgi
from gatepass.errors import MissingTokenError, TokenError
from gatepass.guard import Requirement
from gatepass.guard.gate import Refusable
from gatepass.mcp.called_tools import called_tools, read_ahead
from gatepass.mcp.caller import ToolRefusedError, caller, verified_token
from gatepass.mcp.verified_token import VerifiedToken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Unpack

    from gatepass.asgi import App, Receive, Scope, Send
    from gatepass.bearer import Refusal
    from gatepass.guard import AccessTokenVerifier
    from gatepass.guard.options import GateOptions
    from gatepass.principal import Principal

Tool = TypeVar("Tool", bound="Callable[..., Any]")


class TokenGuard(asgi.TokenGuard):
    """Lets requests with a good token through to an MCP server; the arguments are those of ``gatepass.guard.Gate``.

    Its answers to the others are those that the MCP authorization specification asks for: 401 with the metadata
    document's address, and 403 with all scopes that the call needs, for each tool its own.
    """

    def __init__(self, verifier: AccessTokenVerifier, **options: Unpack[GateOptions]) -> None:
        super().__init__(verifier, **options)
        self._tools: dict[str, Requirement] = {}

    @property
    def principal(self) -> Principal:
        """Who is calling the tool that runs.

        Raises:
            ToolRefusedError: The tool was not called over HTTP with a token.
        """
        return caller().principal

    @property
    def optional_principal(self) -> Principal | None:
        """Who is calling the tool that runs, or ``None`` where no token was presented."""
        token = verified_token()
        return token.principal if token else None

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata document as a JSON object (RFC 9728 section 2).

        Where the resource does not say which scopes there are, they are those that the tools ask for: a client that
        reads none here asks for every scope of the authorization server (MCP authorization, scope selection).
        """
        document = super().metadata
        needed = (scope for tool in self._tools.values() for scope in (*tool.scopes, *tool.any_of))
        if scopes := list(dict.fromkeys(needed)):
            document.setdefault("scopes_supported", scopes)
        return document

    @overload
    def token_required(self, tool: Tool, /) -> Tool: ...

    @overload
    def token_required(
        self,
        /,
        *scopes: str,
        any_of: Sequence[str] = (),
        acr_values: Sequence[str] = (),
        max_age: int | None = None,
        name: str | None = None,
    ) -> Callable[[Tool], Tool]: ...

    def token_required(self, /, *arguments: Any, name: str | None = None, **further: Any) -> Any:
        """Protect a tool: ``@guard.token_required("orders:read")`` below ``@server.tool()``.

        Called over HTTP without what it needs, the tool does not run and :meth:`protect` answers 401 or 403; called
        in any other way, it fails.

        Args:
            arguments: The scopes that the token must grant, all of them.
            name: The tool's name where it is not the function's.
            further: ``any_of``, scopes one of which is enough; ``acr_values`` and ``max_age`` (seconds), how and
                how recently the user must have signed in (RFC 9470).
        """
        if len(arguments) == 1 and callable(arguments[0]) and not further and name is None:
            return self._protect(arguments[0], Requirement(), None)
        requirement = Requirement(scopes=arguments, **further)
        return lambda tool: self._protect(tool, requirement, name)

    def protect(self, app: App, requirement: Requirement | None = None) -> App:
        """Put the guard in front of a server's program for HTTP.

        Args:
            app: ``server.streamable_http_app()`` of a server without token verifier, or one of the other programs
                that the SDK makes.
            requirement: What is asked of every request; ``Requirement(optional=True)`` lets those without a token
                through to the tools that are not protected. A good token without it.
        """
        return _Protected(app, self, requirement or Requirement())

    def requirements_of(self, tools: Sequence[str], asked: Requirement) -> list[Requirement]:
        """What is asked of a request that calls tools; every challenge names all scopes that the request needs."""
        found = [asked, *(self._tools[name] for name in tools if name in self._tools)]
        scopes = tuple(dict.fromkeys(scope for one in found for scope in one.scopes))
        return [dataclasses.replace(one, scopes=scopes) for one in found]

    def note_user(self, scope: Scope, principal: Principal) -> None:
        """Tell the SDK who is calling: tools ask it, and it lets nobody go on with another caller's session."""
        found = self._find(self.presented(scope), Requirement())
        if found is not None:
            server = self.resource.identifier if self.resource else None
            scope["user"] = AuthenticatedUser(VerifiedToken(found.token, principal, server))

    def _protect(self, tool: Tool, requirement: Requirement, name: str | None) -> Tool:
        self._tools[name or tool.__name__] = requirement

        def judge() -> None:
            try:
                requirement.apply(caller().principal, self.verifier.clock())
            except TokenError as error:
                raise ToolRefusedError(error) from error

        if inspect.iscoroutinefunction(tool):

            @functools.wraps(tool)
            async def guarded(*args: Any, **kwargs: Any) -> Any:
                judge()
                return await tool(*args, **kwargs)
        else:

            @functools.wraps(tool)
            def guarded(*args: Any, **kwargs: Any) -> Any:
                judge()
                return tool(*args, **kwargs)

        return cast("Tool", guarded)


class _Protected:
    """A server's program with a guard in front of it."""

    def __init__(self, app: App, guard: TokenGuard, asked: Requirement) -> None:
        self._app: App = AuthContextMiddleware(app)  # tools get the token from there
        self._guard = guard
        self._asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        asgi.demand_known_protocol(scope)
        guard = self._guard
        if asgi.is_for_metadata(scope, guard):
            await asgi.send_json(send, 200, guard.metadata)
            return
        scope = dict(scope)
        needed = [self._asked]
        try:
            # Who is calling comes first: nothing of a stranger's request is read that may be long.
            principal = await guard.let_in(scope, Requirement(optional=self._asked.optional))
            if scope["type"] == "http" and scope["method"] == "POST":
                body, receive = await read_ahead(receive)
                needed = guard.requirements_of(called_tools(body), self._asked)
            for requirement in needed:
                await guard.let_in(scope, requirement)
        except Refusable as error:
            refusal = guard.refuse(error, guard.presented(scope))
            if isinstance(error, MissingTokenError):
                refusal = _naming(needed[0].scopes, refusal)
            await asgi.answer(scope, receive, send, refusal)
            return
        if principal is not None:
            guard.note_user(scope, principal)
        await self._app(scope, receive, send)


def _naming(scopes: Sequence[str], refusal: Refusal) -> Refusal:
    """Say which scopes to ask for, to a client that has no token yet (MCP authorization, scope selection)."""
    if not scopes:
        return refusal
    headers = [
        (name, f'{value}{"," if " " in value else ""} scope="{" ".join(scopes)}"')
        if name == "WWW-Authenticate"
        else (name, value)
        for name, value in refusal.headers
    ]
    return dataclasses.replace(refusal, headers=headers)
