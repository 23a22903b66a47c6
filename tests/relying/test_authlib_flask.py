"""A program in Flask with Authlib's client: sign-in, refresh, log-out, and the news of a log-out elsewhere."""

from collections.abc import Iterator
from time import monotonic, sleep

import pytest

from tests.relying.conftest import House
from tests.relying.visitor import Visitor
from tests.support.server import EMAIL, free_port


@pytest.fixture(scope="module")
def program(house: House) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    told = house.register(
        f"{address}/callback",
        post_logout_redirect_uris=[f"{address}/"],
        backchannel_logout_uri=f"{address}/told",
    )
    with house.running("authlib_flask.py", port=port, **told):
        yield address


def test_somebody_signs_in(program: str, visitor: Visitor) -> None:
    told = visitor.go(f"{program}/login").json()
    assert (told["email"], told["name"], told["email_verified"]) == (EMAIL, "Ann", False)
    assert visitor.answered == ["/sign-in", "/consent"]


def test_the_second_time_nothing_is_asked(program: str, visitor: Visitor) -> None:
    visitor.go(f"{program}/login")
    visitor.answered.clear()
    assert visitor.go(f"{program}/login").json()["email"] == EMAIL
    assert visitor.answered == []


def test_authlib_refreshes_by_itself(program: str, visitor: Visitor) -> None:
    visitor.go(f"{program}/login")
    for _ in range(3):
        told = visitor.go(f"{program}/userinfo").json()
        assert (told["refreshed"], told["email"]) == (True, EMAIL)


def test_a_log_out_ends_the_sign_in_too(program: str, visitor: Visitor) -> None:
    visitor.go(f"{program}/login")
    visitor.answered.clear()
    assert visitor.go(f"{program}/logout").json() == {}
    visitor.go(f"{program}/login")
    assert visitor.answered == ["/sign-in"]


def test_a_log_out_at_the_server_reaches_the_program(house: House, program: str, visitor: Visitor) -> None:
    visitor.go(f"{program}/login")
    visitor.go(f"{house.issuer}/sign-out")
    deadline = monotonic() + 20
    while visitor.go(program).json():
        assert monotonic() < deadline, "nobody told the program"
        sleep(0.05)  # the news travels behind the browser; nothing tells when it is there
