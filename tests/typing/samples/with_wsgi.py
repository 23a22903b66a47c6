"""``gatepass.wsgi``: middleware is a WSGI program, and the principal of a request is typed."""

from typing import TYPE_CHECKING, assert_type

from gatepass import Principal, Verifier
from gatepass.guard import Requirement
from gatepass.wsgi import TokenGuard, TokenMiddleware, by_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def create_app(verifier: Verifier) -> "WSGIApplication":
    """A program in all the ways to protect it."""
    guard = TokenGuard(verifier, resource="https://api.test")

    def orders(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        assert_type(guard.principal_of(environ), Principal)
        assert_type(guard.optional_principal_of(environ), Principal | None)
        start_response("200 OK", [])
        return [b""]

    def by_method(environ: "WSGIEnvironment") -> Requirement | None:
        return None if environ["REQUEST_METHOD"] == "GET" else Requirement()

    whole = TokenMiddleware(orders, guard)
    scoped = TokenMiddleware(whole, guard, Requirement(scopes=("a",), optional=False))
    by_path = TokenMiddleware(scoped, guard, by_prefix({"/": Requirement(), "/health": None}))
    return TokenMiddleware(by_path, guard, by_method)
