"""A further check can only refuse by raising, and what a request was let in with is gone with it."""

import functools
from collections.abc import Callable

import flask
import pytest
from flask.testing import FlaskClient

from gatepass import Principal, RevokedTokenError, Verifier
from gatepass.flask import TokenGuard

Mint = Callable[..., str]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def refusing(principal: Principal) -> None:
    raise RevokedTokenError(principal.subject)


class Refusing:
    """A check that is an object."""

    async def __call__(self, principal: Principal) -> None:
        raise RevokedTokenError(principal.subject)


@pytest.mark.parametrize(
    "check",
    [refusing, Refusing(), Refusing().__call__, functools.partial(refusing)],
    ids=["function", "object", "method", "partial"],
)
def test_an_asynchronous_check_is_refused_at_once(
    verifier: Verifier, check: Callable[[Principal], object]
) -> None:
    with pytest.raises(TypeError, match="plain function"):
        TokenGuard(verifier, check=check)


def says_no(_: Principal) -> bool:
    return False


def passes_on(principal: Principal) -> object:
    return refusing(principal)


@pytest.mark.parametrize("check", [says_no, passes_on])
def test_a_check_that_answers_instead_of_raising_lets_nobody_in(
    app: flask.Flask,
    client: FlaskClient,
    verifier: Verifier,
    mint: Mint,
    check: Callable[[Principal], object],
) -> None:
    guard = TokenGuard(verifier, check=check)

    @app.get("/checked")
    @guard.token_required
    def view() -> str:
        return "in"

    with pytest.raises(TypeError, match="raising a TokenError"):
        client.get("/checked", headers=bearer(mint()))


def test_a_caller_is_forgotten_with_the_request_even_inside_an_application_context(
    app: flask.Flask, client: FlaskClient, guard: TokenGuard, mint: Mint
) -> None:
    @app.get("/whoami")
    def optional() -> str:
        try:
            return guard.principal.subject
        except RuntimeError:
            return "anonymous"

    @app.get("/protected")
    @guard.token_required
    def protected() -> str:
        inner = app.test_client().get("/whoami").text
        return f"{guard.principal.subject}, inside {inner}"

    with app.app_context():
        assert client.get("/protected", headers=bearer(mint())).text == "user-1, inside anonymous"
        assert client.get("/whoami").text == "anonymous"
        assert client.get("/protected", headers=bearer("x.y.z")).status_code == 401
        assert client.get("/whoami").text == "anonymous"
