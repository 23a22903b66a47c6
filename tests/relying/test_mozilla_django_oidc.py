"""A Django project with mozilla-django-oidc: sign-in with and without PKCE, renewal in silence, log-out."""

from collections.abc import Iterator

import pytest

from tests.relying.conftest import House
from tests.relying.visitor import Visitor
from tests.support.server import EMAIL, free_port

WAYS = {
    # The package's defaults: no PKCE, the secret in the body.
    "as it comes": (("--no-pkce",), {}),
    "PKCE and Basic": ((), {"USE_PKCE": "1", "USE_BASIC": "1"}),
}


@pytest.fixture(scope="module", params=WAYS)
def program(request: pytest.FixtureRequest, house: House) -> Iterator[str]:
    options, environment = WAYS[request.param]
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    told = house.create(
        "--redirect-uri", f"{address}/oidc/callback/", "--post-logout-redirect-uri", f"{address}/", *options
    )
    with house.running("django_oidc.py", port=port, **told, **environment):
        yield address


def test_somebody_signs_in(program: str, visitor: Visitor) -> None:
    assert visitor.go(f"{program}/oidc/authenticate/").json()["email"] == EMAIL
    assert visitor.answered == ["/sign-in", "/consent"]


def test_a_session_that_grew_old_is_renewed_in_silence(program: str, visitor: Visitor) -> None:
    visitor.go(f"{program}/oidc/authenticate/")
    visitor.go(f"{program}/grow-old")
    visitor.answered.clear()
    assert visitor.go(program).json() == {"email": EMAIL, "renewed": True}
    assert visitor.answered == []


def test_a_log_out_ends_the_sign_in_too(program: str, visitor: Visitor) -> None:
    visitor.go(f"{program}/oidc/authenticate/")
    visitor.answered.clear()
    assert visitor.go(f"{program}/oidc/logout/").json()["email"] in {"", None}
    visitor.go(f"{program}/oidc/authenticate/")
    assert visitor.answered == ["/sign-in"]
