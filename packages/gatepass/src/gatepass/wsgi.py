"""Protect any WSGI program with access tokens; imports no framework.

guard = TokenGuard(verifier)
app = TokenMiddleware(app, guard)          # inside: guard.principal_of(environ).subject
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from gatepass.guard import Gate, Presented, Requirement
from gatepass.guard.gate import Refusable
from gatepass.guard.paths import wsgi_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from gatepass.principal import Principal

_STORE = "gatepass.principals"


class TokenGuard(Gate):
    """Judges WSGI requests; the arguments are those of ``gatepass.guard.Gate``."""

    def principal_of(self, environ: WSGIEnvironment) -> Principal:
        """The caller of a request.

        Raises:
            RuntimeError: No token was verified for this request.
        """
        found = self.optional_principal_of(environ)
        if found is None:
            raise RuntimeError(
                "There is a principal only for a request that this guard let in with a token; where the token is "
                "optional, ask optional_principal_of."
            )
        return found

    def optional_principal_of(self, environ: WSGIEnvironment) -> Principal | None:
        """The caller of a request, or ``None`` where no token was verified for it."""
        found: Principal | None = environ.get(_STORE, {}).get(self)
        return found

    def let_in(self, environ: WSGIEnvironment, requirement: Requirement) -> Principal | None:
        """Judge a request and note its caller in its environment.

        Raises:
            TokenError: The request is refused.
            AmbiguousRequestError: It carries several tokens.
        """
        known = self.optional_principal_of(environ)
        principal = self.admit(self.presented(environ), requirement, known)
        # By guard: what one guard let in is not let in by another.
        environ[_STORE] = {**environ.get(_STORE, {}), self: principal}
        return principal

    def presented(self, environ: WSGIEnvironment) -> Presented:
        """What a request presents; equal headers arrive joined by commas, which no token holds."""

        def values(name: str) -> list[str]:
            value = environ.get("HTTP_" + name.upper().replace("-", "_"))
            return [] if value is None else [value]

        return Presented(
            values("Authorization"),
            [value for name in self.extra_headers for value in values(name)],
            values("DPoP"),
            environ["REQUEST_METHOD"],
            wsgi_path(environ),
        )


class TokenMiddleware:
    """Lets only requests with a good token through to a program, and notes who is calling.

    The metadata document (RFC 9728) is served to everybody where the guard has a resource.

    Args:
        app: The program.
        guard: Judges requests.
        requirement: What is asked of every caller, or a function from the environment of a request to what is
            asked of that one, with ``None`` for a request that is no concern of the guard. :func:`by_prefix` makes
            such functions.
    """

    def __init__(
        self,
        app: WSGIApplication,
        guard: TokenGuard,
        requirement: Requirement | Callable[[WSGIEnvironment], Requirement | None] | None = None,
    ) -> None:
        self._app = app
        self._guard = guard
        self._requirement = Requirement() if requirement is None else requirement

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        guard = self._guard
        if guard.resource is not None and wsgi_path(environ) == guard.metadata_path:
            return _metadata(environ, start_response, guard)
        rule = self._requirement
        try:
            asked = rule if isinstance(rule, Requirement) else rule(environ)
        except _OddPathError:
            return _json(environ, start_response, 400, {"message": "The path can be read in several ways"})
        if asked is None:
            return self._app(environ, start_response)
        try:
            guard.let_in(environ, asked)
        except Refusable as error:
            refusal = guard.refuse(error, guard.presented(environ))
            content = {"message": refusal.message}
            return _json(environ, start_response, refusal.status, content, refusal.headers)
        return self._app(environ, start_response)


class _OddPathError(Exception):
    """A path that the program may read in another way than the rules do."""


def by_prefix(
    rules: Mapping[str, Requirement | None],
) -> Callable[[WSGIEnvironment], Requirement | None]:
    """Ask by the beginning of the path: the longest rule counts, and a path without one needs a good token.

    A prefix ends where a segment does: ``/orders`` is for ``/orders`` and ``/orders/7``, not for ``/orders-old``. A
    path with empty segments, ``.``, ``..`` or a reverse solidus is answered 400, because the program behind may read
    it in another way.

    Args:
        rules: From prefixes to what is asked there, with ``None`` for what is no concern of the guard.

    Raises:
        ValueError: A prefix does not begin with ``/``, is itself such a path, or holds escapes or characters outside
            ASCII.
    """
    for prefix in rules:
        if "%" in prefix or not prefix.isascii():
            raise ValueError(f"{prefix!r}: a prefix is plain ASCII without escapes, as paths arrive decoded.")
    kept = {_segments(prefix): rule for prefix, rule in rules.items()}

    def requirement(environ: WSGIEnvironment) -> Requirement | None:
        try:
            segments = _segments(environ.get("PATH_INFO") or "/")
        except ValueError:
            raise _OddPathError from None
        for length in range(len(segments), -1, -1):
            if segments[:length] in kept:
                return kept[segments[:length]]
        return Requirement()

    return requirement


def _segments(path: str) -> tuple[str, ...]:
    """The segments of a path, without an empty one at its end."""
    root, *segments = path.split("/")
    if segments and not segments[-1]:
        del segments[-1]
    if not path or root or "\\" in path or not {"", ".", ".."}.isdisjoint(segments):
        raise ValueError(f"{path!r} is not a path that begins with / and has plain segments.")
    return tuple(segments)


def _metadata(environ: WSGIEnvironment, start_response: StartResponse, guard: TokenGuard) -> list[bytes]:
    if environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
        return _json(environ, start_response, 200, guard.metadata)
    allowed = [("Allow", "GET, HEAD")]
    return _json(environ, start_response, 405, {"message": "This document can only be read"}, allowed)


def _json(
    environ: WSGIEnvironment,
    start_response: StartResponse,
    status: int,
    content: Any,
    headers: Iterable[tuple[str, str]] = (),
) -> list[bytes]:
    body = json.dumps(content).encode()
    start_response(
        f"{status} {HTTPStatus(status).phrase}",
        [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers],
    )
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
