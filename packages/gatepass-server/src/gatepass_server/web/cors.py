"""Which pages of other origins may call which endpoints, and read the answers (Fetch standard, CORS protocol).

Never with cookies: ``Access-Control-Allow-Credentials`` is never sent, so a browser sends none, and what a page can do
here it does with tokens of its own.
"""

from collections.abc import Callable, Sequence
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
    """The same table, in which pages of other origins may call what is meant for them.

    Args:
        table: of the house.
        allow: whether pages of an origin may call.
    """

    def tell(response: Response) -> Response:
        """Let the page read the answer, an error included."""
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin is not None and allow(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = _SHOWN
        return response

    found: list[Route] = []
    paths: dict[str, list[str]] = {}
    for route in table:
        if route.path in FOR_REGISTERED:
            found.append(
                Route(route.method, route.path, route.name, _telling(route.view, tell), route.operation)
            )
        else:
            found.append(route)
        if route.path in FOR_REGISTERED or route.path.startswith(_FOR_ALL):
            paths.setdefault(route.path, []).append(route.method)
    for path, methods in paths.items():
        view = _preflight(methods, tell if path in FOR_REGISTERED else _tell_all)
        name = f"preflight_{path.removeprefix(_FOR_ALL).strip('/')}".replace("/", "_").replace(".", "_")
        found.append(Route("OPTIONS", path, name, view, {}))
    return found


def _telling(view: Callable[..., Response], tell: Callable[[Response], Response]) -> Callable[..., Response]:
    @wraps(view)
    def told(*args: object, **kwargs: object) -> Response:
        after_this_request(tell)  # whatever comes of it: a page must be able to read an error, too
        return view(*args, **kwargs)

    return told


def _preflight(methods: Sequence[str], tell: Callable[[Response], Response]) -> Callable[[], Response]:
    def preflight() -> Response:
        """204: what a page may send."""
        response = tell(Response(status=204))
        if "Access-Control-Allow-Origin" in response.headers:
            response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
            response.headers["Access-Control-Allow-Headers"] = _TAKEN
            response.headers["Access-Control-Max-Age"] = _MAX_AGE
        return response

    return preflight


def _tell_all(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
