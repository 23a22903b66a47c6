"""Programs in Starlette and FastAPI with Authlib's client: sign-in, refresh, log-out."""

from collections.abc import Iterator

import pytest

from tests.relying.conftest import House
from tests.relying.visitor import Visitor
from tests.support.server import EMAIL, free_port


@pytest.fixture(scope="module")
def starlette(house: House) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    told = house.register(f"{address}/callback", post_logout_redirect_uris=[f"{address}/"])
    with house.running("authlib_starlette.py", port=port, **told):
        yield address


@pytest.fixture(scope="module")
def fastapi(house: House) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    told = house.register(
        f"{address}/callback", post_logout_redirect_uris=[f"{address}/"], token_endpoint_auth_method="none"
    )
    with house.running("authlib_fastapi.py", port=port, **told):
        yield address


def test_somebody_signs_in_to_a_program_with_its_secret_in_the_body(starlette: str, visitor: Visitor) -> None:
    assert visitor.go(f"{starlette}/login").json()["email"] == EMAIL
    assert visitor.answered == ["/sign-in", "/consent"]


def test_authlib_refreshes_by_itself(starlette: str, visitor: Visitor) -> None:
    visitor.go(f"{starlette}/login")
    for _ in range(3):
        told = visitor.go(f"{starlette}/userinfo").json()
        assert (told["refreshed"], told["email"]) == (True, EMAIL)


def test_somebody_signs_in_to_a_program_without_a_secret(fastapi: str, visitor: Visitor) -> None:
    assert visitor.go(f"{fastapi}/login").json()["email"] == EMAIL


def test_a_program_without_a_secret_is_asked_about_each_time(fastapi: str, visitor: Visitor) -> None:
    visitor.go(f"{fastapi}/login")
    visitor.answered.clear()
    visitor.go(f"{fastapi}/login")
    assert visitor.answered == ["/consent"]


def test_a_program_without_a_secret_refreshes(fastapi: str, visitor: Visitor) -> None:
    visitor.go(f"{fastapi}/login")
    told = visitor.go(f"{fastapi}/refresh").json()
    assert (told["rotated"], told["email"]) == (True, EMAIL)


def test_a_log_out_ends_the_sign_in_too(starlette: str, visitor: Visitor) -> None:
    visitor.go(f"{starlette}/login")
    visitor.answered.clear()
    assert visitor.go(f"{starlette}/logout").json() is None
    visitor.go(f"{starlette}/login")
    assert visitor.answered == ["/sign-in"]
