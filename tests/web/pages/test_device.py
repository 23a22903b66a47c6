"""``/device``: a person lets a device in that has no keyboard."""

import pytest

from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.relying_party import API
from tests.support.television import Television
from tests.support.visitor import Visitor


@pytest.fixture
def television(house: House) -> Television:
    return Television.of(house)


@pytest.mark.compliance("RFC 8628", "3.3", "a person types the code, is shown who asks, and answers")
def test_a_person_lets_a_device_in(visitor: Visitor, television: Television) -> None:
    codes = television.begin()
    visitor.sign_in()
    asked = visitor.submit(visitor.get("/device"), user_code=codes["user_code"].lower())
    for shown in (codes["user_code"], "Television", "127.0.0.1", "<time "):
        assert shown in asked.text
    assert television.ask(codes)["error"] == "authorization_pending"
    assert visitor.submit(asked, button="allow").status_code == 200
    assert "access_token" in television.ask(codes)


@pytest.mark.compliance("RFC 8707", "2", "the person is told where the tokens are to be good")
def test_a_person_is_told_where_a_device_wants_to_go(visitor: Visitor, television: Television) -> None:
    codes = television.begin(resource=API)
    visitor.sign_in()
    assert API in visitor.submit(visitor.get("/device"), user_code=codes["user_code"]).text


def test_a_person_refuses_a_device(visitor: Visitor, television: Television) -> None:
    codes = television.begin()
    visitor.sign_in()
    visitor.submit(visitor.submit(visitor.get("/device"), user_code=codes["user_code"]), button="deny")
    assert television.ask(codes)["error"] == "access_denied"


@pytest.mark.compliance(
    "RFC 8628", "3.3.1", "the code in the address is filled in, and the person confirms it"
)
def test_a_code_in_the_address_is_filled_in_and_no_answer(visitor: Visitor, television: Television) -> None:
    codes = television.begin()
    visitor.sign_in()
    page = visitor.get(f"/device?user_code={codes['user_code']}")
    assert codes["user_code"] in page.text
    assert television.ask(codes)["error"] == "authorization_pending"


def test_who_is_not_signed_in_signs_in_first(visitor: Visitor) -> None:
    asked = visitor.get("/device?user_code=BCDF-GHJK")
    assert asked.status_code == 303
    assert "/sign-in?next=" in asked.headers["Location"]


@pytest.mark.parametrize("code", ["BCDF-GHJK", "nonsense", "\0", "a" * 999])
def test_a_code_that_nobody_waits_with_is_told_so(visitor: Visitor, code: str) -> None:
    visitor.sign_in()
    assert visitor.submit(visitor.get("/device"), user_code=code).status_code == 404


def test_who_guesses_must_wait(visitor: Visitor, clock: FakeClock) -> None:
    visitor.sign_in()
    answers = [visitor.submit(visitor.get("/device"), user_code="BCDF-GHJK").status_code for _ in range(21)]
    assert answers == [404] * 20 + [429]
    clock.advance(601)
    assert visitor.submit(visitor.get("/device"), user_code="BCDF-GHJK").status_code == 404
