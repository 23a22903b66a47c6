"""Protect any ASGI program with access tokens; imports no framework.

guard = TokenGuard(verifier)
app = TokenMiddleware(app, guard)          # inside: guard.principal_of(scope).subject
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from gatepass.guard import Gate, Presented, Requirement
from gatepass.guard.gate import Refusable
from gatepass.guard.paths import asgi_path

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    from gatepass.bearer import Refusal
    from gatepass.principal import Principal

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

_STORE = "gatepass.principals"


class TokenGuard(Gate):
    """Judges ASGI requests; the arguments are those of ``gatepass.guard.Gate``."""

    def principal_of(self, scope: Mapping[str, Any]) -> Principal:
        """The caller of a request, which any object that is a mapping like its scope stands for.

        Raises:
            RuntimeError: No token was verified for this request: it did not come through this guard, or its token
                is optional and there is none.
        """
        found = self.optional_principal_of(scope)
        if found is None:
            raise RuntimeError(
                "There is a principal only for a request that this guard let in with a token; where the token is "
                "optional, ask optional_principal_of."
            )
        return found

    def optional_principal_of(self, scope: Mapping[str, Any]) -> Principal | None:
        """The caller of a request, or ``None`` where no token was verified for it."""
        found: Principal | None = scope.get(_STORE, {}).get(self)
        return found

    async def let_in(self, scope: Scope, requirement: Requirement) -> Principal | None:
        """Judge a request and note its caller in its scope.

        Raises:
            TokenError: The request is refused.
            AmbiguousRequestError: It carries several tokens.
        """
        known = self.optional_principal_of(scope)
        principal = await self.aadmit(self.presented(scope), requirement, known)
        # By guard: what one guard let in is not let in by another.
        scope[_STORE] = {**scope.get(_STORE, {}), self: principal}
        return principal

    def presented(self, scope: Mapping[str, Any]) -> Presented:
        """What a request presents."""
        extra = {name.lower().encode("latin-1") for name in self.extra_headers}
        authorization, bare, proofs = [], [], []
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization.append(value.decode("latin-1"))
            elif name == b"dpop":
                proofs.append(value.decode("latin-1"))
            elif name in extra:
                bare.append(value.decode("latin-1"))
        return Presented(authorization, bare, proofs, scope.get("method", "GET"), asgi_path(scope))


class TokenMiddleware:
    """Lets only requests with a good token through to a program, and notes who is calling.

    Requests over HTTP are answered as the guard says; a WebSocket is refused before it is accepted, with the same
    answer where the server can send one. The metadata document (RFC 9728) is served to everybody where the guard
    has a resource. Put middleware for CORS outside of this one: preflight requests carry no token.

    Args:
        app: The program.
        guard: Judges requests.
        requirement: What it asks of every caller; ``Requirement(optional=True)`` lets requests without a token
            through as well.
    """

    def __init__(self, app: App, guard: TokenGuard, requirement: Requirement | None = None) -> None:
        self._app = app
        self._guard = guard
        self._requirement = requirement or Requirement()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection.

        Raises:
            NotImplementedError: A protocol that is not known here, so that it could not be protected.
        """
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        demand_known_protocol(scope)
        guard = self._guard
        if is_for_metadata(scope, guard):
            await send_json(send, 200, guard.metadata)
            return
        scope = dict(scope)
        try:
            await guard.let_in(scope, self._requirement)
        except Refusable as error:
            await answer(scope, receive, send, guard.refuse(error, guard.presented(scope)))
            return
        await self._app(scope, receive, send)


def demand_known_protocol(scope: Mapping[str, Any]) -> None:
    """Let through what can be protected.

    Raises:
        NotImplementedError: Neither HTTP nor WebSocket.
    """
    if scope["type"] not in {"http", "websocket"}:
        raise NotImplementedError(
            f"{scope['type']!r} cannot be protected: only HTTP and WebSocket are known."
        )


def is_for_metadata(scope: Mapping[str, Any], guard: TokenGuard) -> bool:
    """Whether a request asks for the metadata document, where the guard has one; nothing else is open to all."""
    if guard.resource is None or scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return False
    # The server has decoded the path, and what it decoded is what the program would be asked for.
    return bool(scope["path"] == unquote(guard.metadata_path))


def can_answer(scope: Mapping[str, Any]) -> bool:
    """Whether a refusal may be an answer of HTTP; not every server can answer a WebSocket so."""
    return scope["type"] == "http" or "websocket.http.response" in (scope.get("extensions") or {})


async def answer(scope: Mapping[str, Any], receive: Receive, send: Send, refusal: Refusal) -> None:
    """Send a refusal, to a WebSocket that was not accepted yet too."""
    if scope["type"] == "http":
        await send_json(send, refusal.status, {"message": refusal.message}, refusal)
        return
    if (await receive())["type"] != "websocket.connect":
        return  # whoever called has gone
    if can_answer(scope):
        await send_json(
            send, refusal.status, {"message": refusal.message}, refusal, kind="websocket.http.response"
        )
    else:
        # Closing before accepting makes the server answer 403; 1008 is a policy violation (RFC 6455 section 7.4.1).
        await send({"type": "websocket.close", "code": 1008, "reason": refusal.message})


async def send_json(
    send: Send, status: int, content: object, refusal: Refusal | None = None, *, kind: str = "http.response"
) -> None:
    """Send a JSON answer."""
    body = json.dumps(content).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    for name, value in refusal.headers if refusal else ():
        headers.append((name.lower().encode("latin-1"), value.encode("latin-1")))
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
