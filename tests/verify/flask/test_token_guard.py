"""``TokenGuard`` in front of Flask views (RFC 6750)."""

import inspect
import logging
from collections.abc import Callable

import flask
import pytest
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from flask.views import MethodView

from gatepass import KeysUnavailableError, Principal, RevokedTokenError, Verifier
from gatepass.flask import TokenGuard, TokenRequired
from tests.support.clock import FakeClock
from tests.verify import forge

Mint = Callable[..., str]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def orders(app: flask.Flask, guard: TokenGuard) -> None:
    @app.get("/orders")
    @guard.token_required
    def orders() -> dict[str, str]:
        return {"caller": guard.principal.subject}

    @app.post("/orders")
    @guard.token_required("orders:read", "orders:delete")
    def delete() -> dict[str, str]:
        return {"caller": guard.principal.subject}


pytestmark = pytest.mark.usefixtures("orders")


@pytest.mark.compliance("RFC 6750", "2.1", "the token in the Authorization header")
def test_a_good_token_reaches_the_view(client: FlaskClient, mint: Mint) -> None:
    for scheme in ("Bearer ", "bearer ", "BEARER ", "Bearer   "):
        answer = client.get("/orders", headers={"Authorization": scheme + mint()})
        assert (answer.status_code, answer.json) == (200, {"caller": "user-1"})


def test_a_further_header_holds_a_bare_token(client: FlaskClient, mint: Mint) -> None:
    assert client.get("/orders", headers={"x-access-token": mint()}).status_code == 200


@pytest.mark.compliance("RFC 6750", "3.1", "no error code where no credentials were given")
def test_no_token_gets_a_challenge_without_an_error(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Basic dTpw"}, {"Authorization": "Bearer"}, {"x-access-token": ""}):
        answer = client.get("/orders", headers=headers)
        assert (answer.status_code, answer.json) == (401, {"message": "Token is missing"})
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.compliance("RFC 6750", "3.1", "invalid_token")
def test_a_bad_token_gets_one_answer_whatever_is_wrong_with_it(
    client: FlaskClient, mint: Mint, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gatepass")
    for token in (
        "x",
        "a b",
        "not.a.token",
        mint(exp=0),
        mint(aud="other"),
        mint()[:-4] + "AAAA",
        mint(nbf=clock.now + 9),
    ):
        answer = client.get("/orders", headers=bearer(token))
        assert (answer.status_code, answer.json) == (401, {"message": "Token is invalid"})
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        assert token not in caplog.text
    assert "expired" in caplog.text
    assert "wrong_audience" in caplog.text


@pytest.mark.compliance("RFC 6750", "3.1", "insufficient_scope")
def test_a_missing_scope_is_forbidden_and_named(client: FlaskClient, mint: Mint) -> None:
    answer = client.post("/orders", headers=bearer(mint(scope="orders:read")))
    assert answer.status_code == 403
    assert (
        answer.headers["WWW-Authenticate"]
        == 'Bearer error="insufficient_scope", scope="orders:read orders:delete"'
    )
    assert client.post("/orders", headers=bearer(mint(scope="orders:delete orders:read"))).status_code == 200


@pytest.mark.compliance("RFC 6750", "3.1", "invalid_request: more than one method of including the token")
def test_two_different_tokens_are_a_bad_request(client: FlaskClient, mint: Mint) -> None:
    one, two = mint(), mint(sub="user-2")
    different = [
        [("Authorization", f"Bearer {one}"), ("x-access-token", two)],
        [("Authorization", f"Bearer {one}"), ("Authorization", f"Bearer {two}")],
        [("Authorization", f"Bearer {one}, Bearer {one}")],
        [("x-access-token", one), ("x-access-token", two)],
    ]
    for headers in different[:3]:
        answer = client.get("/orders", headers=headers)
        assert answer.status_code == 400
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_request"'
    # A front that joins equal headers leaves one header that is no token.
    assert client.get("/orders", headers=different[3]).status_code in {400, 401}
    same = {"Authorization": f"Bearer {one}", "x-access-token": one}
    assert client.get("/orders", headers=same).status_code == 200


def test_keys_that_cannot_be_fetched_are_told_as_such(
    app: flask.Flask, client: FlaskClient, mint: Mint
) -> None:
    class NoKeys:
        def find(self, kid: str | None, alg: str) -> list[object]:
            raise KeysUnavailableError(f"no keys for {kid} and {alg}", retry_after=7)

    down = TokenGuard(Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=NoKeys()))  # type: ignore[arg-type] # it only raises

    @app.get("/down")
    @down.token_required
    def view() -> str:
        return "never"

    answer = client.get("/down", headers=bearer(mint()))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "7"


def test_a_realm_is_named_in_every_challenge(
    app: flask.Flask, client: FlaskClient, verifier: Verifier
) -> None:
    named = TokenGuard(verifier, realm="Orders")

    @app.get("/named")
    @named.token_required
    def view() -> str:
        return "never"

    assert client.get("/named").headers["WWW-Authenticate"] == 'Bearer realm="Orders"'
    answer = client.get("/named", headers=bearer("x"))
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Orders", error="invalid_token"'
    for realm in ('a"b', "a\\b", "a\nb", "é"):
        with pytest.raises(ValueError, match="realm"):
            TokenGuard(verifier, realm=realm)


def test_a_further_check_may_refuse_what_was_verified(
    app: flask.Flask, client: FlaskClient, verifier: Verifier, mint: Mint
) -> None:
    seen: list[Principal] = []

    def live(principal: Principal) -> None:
        seen.append(principal)
        if principal.session_id == "ended":
            raise RevokedTokenError("the session has ended")

    checked = TokenGuard(verifier, check=live)

    @app.get("/live")
    @checked.token_required
    def view() -> str:
        return checked.principal.subject

    assert client.get("/live", headers=bearer(mint())).text == "user-1"
    answer = client.get("/live", headers=bearer(mint(sid="ended")))
    assert (answer.status_code, answer.json) == (401, {"message": "Token is invalid"})
    assert [principal.session_id for principal in seen] == ["session-1", "ended"]


def test_the_principal_is_there_only_in_what_its_guard_protects(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, verifier: Verifier, mint: Mint
) -> None:
    other = TokenGuard(verifier)

    @app.get("/open")
    def open_view() -> str:
        return guard.principal.subject

    @app.get("/mixed")
    @guard.token_required
    def mixed() -> str:
        return other.principal.subject

    for outside in (
        lambda: guard.principal,
        lambda: client.get("/open", headers=bearer(mint())),
        lambda: client.get("/mixed", headers=bearer(mint())),
    ):
        with pytest.raises(RuntimeError, match="token_required"):
            outside()


def test_a_protected_view_keeps_name_docstring_and_signature(guard: TokenGuard) -> None:
    def view(order: int, *, verbose: bool = False) -> str:
        """Show one order."""
        return f"{order}{verbose}"

    async def asynchronous(order: int) -> str:
        """Show one order, later."""
        return str(order)

    class Legacy:
        """Not a function, but callable."""

    for original in (view, asynchronous):
        for protected in (
            guard.token_required(original),
            guard.token_required("a")(original),
            guard.token_required()(original),
            TokenRequired(guard)(original),
            TokenRequired(guard, "a")(original),
        ):
            assert protected.__name__ == original.__name__
            assert protected.__doc__ == original.__doc__
            assert protected.__module__ == original.__module__
            assert inspect.signature(protected) == inspect.signature(original)
            assert inspect.iscoroutinefunction(protected) == inspect.iscoroutinefunction(original)
    with pytest.raises(TypeError, match="class"):
        guard.token_required(Legacy)


def test_two_protected_views_live_in_one_program(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, mint: Mint
) -> None:
    """A decorator that lost the name would make Flask refuse the second view."""

    @app.get("/one/<int:number>")
    @guard.token_required
    def one(number: int) -> str:
        return f"one {number}"

    @app.get("/two")
    @guard.token_required
    def two() -> str:
        return "two"

    assert client.get("/one/7", headers=bearer(mint())).text == "one 7"
    assert client.get("/two", headers=bearer(mint())).text == "two"


def test_an_asynchronous_view_is_protected(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, mint: Mint
) -> None:
    @app.get("/later")
    @guard.token_required("orders:read")
    async def later() -> dict[str, str]:
        return {"caller": guard.principal.subject}

    assert client.get("/later").status_code == 401
    assert client.get("/later", headers=bearer(mint(scope="x"))).status_code == 403
    assert client.get("/later", headers=bearer(mint())).json == {"caller": "user-1"}


def test_methods_of_a_method_view_are_protected(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, mint: Mint
) -> None:
    class Order(MethodView):
        def get(self, number: int) -> ResponseReturnValue:
            return f"open {number}"

        @guard.token_required
        def put(self, number: int) -> ResponseReturnValue:
            return f"put {number} by {guard.principal.subject}"

        @TokenRequired(guard, "orders:delete")
        def delete(self, number: int) -> ResponseReturnValue:
            return f"deleted {number}"

        @guard.token_required
        async def post(self, number: int) -> ResponseReturnValue:
            return f"posted {number}"

    app.add_url_rule("/order/<int:number>", view_func=Order.as_view("order"))
    assert client.get("/order/1").text == "open 1"
    assert client.put("/order/1").status_code == 401
    assert client.put("/order/1", headers=bearer(mint())).text == "put 1 by user-1"
    assert client.delete("/order/1", headers=bearer(mint())).status_code == 403
    assert client.delete("/order/1", headers=bearer(mint(scope="orders:delete"))).text == "deleted 1"
    assert client.post("/order/1", headers=bearer(mint())).text == "posted 1"


@pytest.mark.parametrize("scopes", [(), ("orders:read",)])
def test_a_whole_method_view_is_protected_by_its_decorators(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, mint: Mint, scopes: tuple[str, ...]
) -> None:
    class ByFunction(MethodView):
        decorators = [guard.token_required(*scopes)]  # noqa: RUF012 - Flask declares it so

        def get(self) -> ResponseReturnValue:
            return guard.principal.subject

    class ByClass(MethodView):
        decorators = [TokenRequired(guard, *scopes)]  # noqa: RUF012 - Flask declares it so

        def get(self) -> ResponseReturnValue:
            return guard.principal.subject

    app.add_url_rule("/function", view_func=ByFunction.as_view("function"))
    app.add_url_rule("/class", view_func=ByClass.as_view("class"))
    for path in ("/function", "/class"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers=bearer(mint())).text == "user-1"


def test_the_class_form_protects_a_function(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, mint: Mint
) -> None:
    @app.get("/form")
    @TokenRequired(guard)
    def form() -> str:
        return guard.principal.subject

    assert client.get("/form").status_code == 401
    assert client.get("/form", headers=bearer(mint())).text == "user-1"


def test_a_scope_that_cannot_be_is_refused_where_it_is_written(guard: TokenGuard) -> None:
    for scope in ("a b", "", 'a"b', "é"):
        with pytest.raises(ValueError, match="not a scope"):
            guard.token_required(scope)


def test_what_goes_wrong_in_the_view_is_not_taken_for_a_bad_token(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, mint: Mint
) -> None:
    @app.get("/broken")
    @guard.token_required
    def broken() -> str:
        raise KeyError("a fault of the program")

    with pytest.raises(KeyError):
        client.get("/broken", headers=bearer(mint()))
