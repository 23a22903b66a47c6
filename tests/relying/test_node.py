"""Programs of Node with openid-client and with oauth4webapi: sign-in, refresh, revocation, log-out."""

from collections.abc import Iterator

import pytest

from tests.relying.conftest import House
from tests.relying.running import NODE
from tests.relying.visitor import Visitor
from tests.support.server import EMAIL, free_port


@pytest.fixture(scope="module", params=["openid_client", "oauth4webapi"])
def program(request: pytest.FixtureRequest, house: House, node: str) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    told = house.register(f"{address}/callback", post_logout_redirect_uris=[f"{address}/signed-out"])
    with house.running(node, str(NODE / f"{request.param}.mjs"), port=port, **told):
        yield address


def test_somebody_signs_in(program: str, visitor: Visitor) -> None:
    told = visitor.go(f"{program}/login").json()
    assert (told["userinfo"]["email"], told["userinfo"]["name"]) == (EMAIL, "Ann")
    assert told["claims"]["amr"] == ["pwd"]
    assert visitor.answered == ["/sign-in", "/consent"]


def test_a_program_refreshes(program: str, visitor: Visitor) -> None:
    visitor.go(f"{program}/login")
    for _ in range(2):
        told = visitor.go(f"{program}/refresh").json()
        assert (told["rotated"], told["userinfo"]["email"]) == (True, EMAIL)


def test_a_log_out_comes_back_with_its_state(program: str, visitor: Visitor) -> None:
    visitor.go(f"{program}/login")
    visitor.answered.clear()
    assert visitor.go(f"{program}/logout").json() == {"state": "a state"}
    visitor.go(f"{program}/login")
    assert visitor.answered == ["/sign-in"]
