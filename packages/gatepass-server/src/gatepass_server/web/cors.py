"""Which pages of other origins may call which endpoints, and read the answers (Fetch standard, CORS protocol).

Never with cookies: ``Access-Control-Allow-Credentials`` is never sent, so a browser sends none, and what a page can do
here it does with tokens of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import wraps

from flask import Response, after_this_request, request

from gatepass_server.web.route import Route

FOR_REGISTERED = frozenset(
    {"/oauth2/token", "/oauth2/userinfo", "/oauth2/revoke", "/oauth2/par", "/oauth2/device"}
)
"""Endpoints that a program in a browser calls; others are for servers, or for the browser itself."""

_FOR_ALL = "/.well-known/"
_MAX_AGE = "600"
_TAKEN = "Authorization, Content-Type, DPoP"
_SHOWN = "WWW-Authenticate, DPoP-Nonce, Retry-After"


def opened(table: Sequence[Route], allow: Callable[[str], bool]) -> list[Route]:
    """The same table, in which pages of other origins may read the answers that are meant for them.

    Args:
        table: of the house.
        allow: whether pages of an origin may call.
    """
    tell = _telling(allow)
    return [
        replace(route, view=_told(route.view, tell)) if route.path in FOR_REGISTERED else route
        for route in table
    ]


def preflights(table: Sequence[Route], allow: Callable[[str], bool]) -> Mapping[str, Callable[[], Response]]:
    """What answers ``OPTIONS`` at the addresses that pages of other origins may call."""
    methods: dict[str, list[str]] = {}
    for route in table:
        if route.path in FOR_REGISTERED or route.path.startswith(_FOR_ALL):
            methods.setdefault(route.path, []).append(route.method)
    tell = _telling(allow)
    return {
        path: _preflight(taken, tell if path in FOR_REGISTERED else _tell_all)
        for path, taken in methods.items()
    }


def _telling(allow: Callable[[str], bool]) -> Callable[[Response], Response]:
    def tell(response: Response) -> Response:
        """Let the page read the answer, an error included."""
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin is not None and allow(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = _SHOWN
        return response

    return tell


def _told(view: Callable[..., Response], tell: Callable[[Response], Response]) -> Callable[..., Response]:
    @wraps(view)
    def told(*args: object, **kwargs: object) -> Response:
        after_this_request(tell)  # whatever comes of it: a page must be able to read an error, too
        return view(*args, **kwargs)

    return told


def _preflight(methods: Sequence[str], tell: Callable[[Response], Response]) -> Callable[[], Response]:
    allowed = sorted({*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])})

    def preflight() -> Response:
        """200: what a page may send."""
        response = tell(Response(headers={"Allow": ", ".join(allowed)}))
        if "Access-Control-Allow-Origin" in response.headers:
            response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
            response.headers["Access-Control-Allow-Headers"] = _TAKEN
            response.headers["Access-Control-Max-Age"] = _MAX_AGE
        return response

    return preflight


def _tell_all(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
