"""``/sign-in``."""

from collections.abc import Callable

import pytest

from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD, House
from tests.support.visitor import Reader, Visitor


def test_who_signs_in_comes_to_their_account(visitor: Visitor) -> None:
    answer = visitor.sign_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    page = visitor.follow(answer)
    assert page.status_code == 200
    assert EMAIL in page.text


def test_the_cookie_is_the_one_that_the_api_knows(visitor: Visitor) -> None:
    visitor.sign_in()
    answer = visitor.get("/me", Accept="application/json")
    assert answer.get_json()["email"] == EMAIL


def test_a_wrong_password_is_told_and_the_address_kept(visitor: Visitor) -> None:
    page = visitor.sign_in(password="not the password")
    assert page.status_code == 403
    assert "The e-mail address or the password is wrong." in page.text
    assert Reader(page.text).input("email")["value"] == EMAIL
    assert "not the password" not in page.text
    assert "WWW-Authenticate" not in page.headers
    assert not visitor.cookie()


def test_an_unknown_address_is_answered_alike(visitor: Visitor) -> None:
    known = visitor.sign_in(password="wrong")
    unknown = visitor.sign_in(email="nobody@example.com", password="wrong")
    assert known.status_code == unknown.status_code
    assert known.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.com", "")


def test_what_is_missing_is_told_beside_its_field(visitor: Visitor) -> None:
    page = visitor.sign_in(email="", password="")
    assert page.status_code == 400
    reader = Reader(page.text)
    for name, words in (
        ("email", "Please enter your e-mail address."),
        ("password", "Please enter a password."),
    ):
        assert reader.input(name)["aria-invalid"] == "true"
        assert f'id="{reader.input(name)["aria-describedby"]}">{words}' in page.text
    assert "autofocus" in reader.input("email")


def test_what_was_typed_is_shown_as_text(visitor: Visitor) -> None:
    page = visitor.sign_in(email='"><script>alert(1)</script>', password="wrong")
    assert "<script>alert" not in page.text
    assert Reader(page.text).input("email")["value"] == '"><script>alert(1)</script>'


def test_too_many_attempts_are_a_page_that_says_how_long_to_wait(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    house = open_house(login_failures_per_account=2, login_window=600)
    house.sign_up()
    visitor = Visitor(house)
    for _ in range(2):
        visitor.sign_in(password="wrong")
    page = visitor.sign_in()
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "600"
    assert "Please wait 10 minutes and try again." in page.text
    clock.advance(600)
    assert visitor.sign_in().status_code == 303


def test_another_site_signs_nobody_in(visitor: Visitor) -> None:
    sent = {"email": EMAIL, "password": PASSWORD}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://auth.example.com.evil.example"},
    ):
        page = visitor.post("/sign-in", sent, **headers)
        assert page.status_code == 403
        assert page.mimetype == "text/html"
        assert "This page is out of date" in page.text
        assert not visitor.cookie()


@pytest.mark.parametrize("next_address", ["/account/sessions", "/orders?page=2&sort=a%20b"])
def test_one_comes_where_one_wanted_to_go(visitor: Visitor, next_address: str) -> None:
    page = (
        visitor.get("/sign-in")
        if not next_address
        else visitor.client.get("/sign-in", query_string={"next": next_address}, base_url=visitor.origin)
    )
    answer = visitor.submit(page, email=EMAIL, password=PASSWORD)
    assert answer.headers["Location"] == next_address


@pytest.mark.parametrize(
    "next_address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example",
        "/ /evil.example",
        "javascript:alert(1)",
        "account",
        "/a\r\nSet-Cookie: x=y",
        "/\u2028",
        "/" + "a" * 3000,
    ],
)
def test_and_never_to_another_site(visitor: Visitor, next_address: str) -> None:
    page = visitor.client.get("/sign-in", query_string={"next": next_address}, base_url=visitor.origin)
    assert "evil" not in page.text
    answer = visitor.post("/sign-in", {"email": EMAIL, "password": PASSWORD, "next": next_address})
    assert answer.headers["Location"] == "/account"


def test_who_is_signed_in_is_led_on_at_once(visitor: Visitor) -> None:
    visitor.sign_in()
    assert visitor.get("/sign-in").headers["Location"] == "/account"
    assert visitor.get("/sign-in?next=/orders").headers["Location"] == "/orders"


def test_the_same_person_again_keeps_the_session_and_gets_another_cookie(
    visitor: Visitor, clock: FakeClock
) -> None:
    visitor.sign_in()
    first, cookie = visitor.get("/sessions").get_json()["sessions"], visitor.cookie()
    clock.advance(3600)
    visitor.sign_in(path="/sign-in?account=another")
    second = visitor.get("/sessions").get_json()["sessions"]
    assert [session["id"] for session in first] == [session["id"] for session in second]
    assert visitor.cookie() != cookie


def test_a_body_that_is_no_form_is_a_page_too(visitor: Visitor) -> None:
    answer = visitor.client.post(
        "/sign-in",
        data=b"\xff\xfe=1",
        content_type="application/x-www-form-urlencoded",
        base_url=visitor.origin,
    )
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    answer = visitor.client.post("/sign-in", data=b"x", content_type="image/png", base_url=visitor.origin)
    assert (answer.status_code, answer.mimetype) == (415, "text/html")
    answer = visitor.post("/sign-in", {"email": "a" * 70_000})
    assert (answer.status_code, answer.mimetype) == (413, "text/html")


def test_a_flow_that_is_over_is_told(visitor: Visitor) -> None:
    page = visitor.get("/sign-in?flow=gp_fl_unknown")
    assert page.status_code == 400
    assert "This sign-in has expired" in page.text
    assert "unknown_flow" in page.text
    assert visitor.post("/sign-in", {"email": EMAIL, "password": PASSWORD, "flow": "x"}).status_code == 400
    assert not visitor.cookie()
