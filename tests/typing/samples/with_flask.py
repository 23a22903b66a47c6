"""``gatepass.flask``: a protected view keeps its signature."""

from typing import TYPE_CHECKING, assert_type

from flask import Flask
from flask.views import MethodView

from gatepass import MultiIssuerVerifier, Principal, ProtectedResource, Verifier
from gatepass.flask import TokenGuard, TokenRequired

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def check(principal: Principal) -> None:
    """A check of somebody's own."""
    principal.require(["orders:read"])


def create_app(verifier: Verifier | MultiIssuerVerifier) -> Flask:
    """An app with every kind of view."""
    app = Flask("orders")
    guard = TokenGuard(
        verifier,
        realm="orders",
        extra_headers=("x-access-token",),
        check=check,
        resource=ProtectedResource(identifier="https://api.test/orders", scopes_supported=("orders:read",)),
    )
    TokenGuard(verifier, resource="https://api.test")
    guard.serve_metadata(app)

    @app.get("/orders/<int:number>")
    @guard.token_required
    def order(number: int, *, full: bool = False) -> dict[str, int]:
        assert_type(guard.principal, Principal)
        return {"number": number, "full": int(full)}

    @guard.token_required("orders:read", "orders:write")
    def change(number: int) -> str:
        return str(number)

    @guard.token_required(any_of=["orders:read", "admin"], acr_values=("mfa",), max_age=300)
    def renew(number: int) -> str:
        return str(number)

    @guard.token_optional
    def greet(name: str) -> str:
        assert_type(guard.optional_principal, Principal | None)
        return name

    @guard.token_required
    async def later(name: str) -> str:
        return name

    @TokenRequired(guard, "orders:read")
    def again(number: int) -> str:
        return str(number)

    class Orders(MethodView):
        decorators = [guard.token_required("orders:read")]  # noqa: RUF012 - as Flask's own documentation has it

        def get(self) -> str:
            return "orders"

    assert_type(order(1, full=True), dict[str, int])
    assert_type(change(1), str)
    assert_type(again(1), str)
    assert_type(renew(1), str)
    assert_type(greet("Ann"), str)
    plain: Callable[[int], str] = change
    awaited: Callable[[str], Awaitable[str]] = later
    app.add_url_rule("/change/<int:number>", view_func=plain)
    app.add_url_rule("/later/<name>", view_func=awaited)
    app.add_url_rule("/all", view_func=Orders.as_view("all"))
    return app
