"""``/sign-out``."""

from tests.support.house import EMAIL
from tests.support.visitor import Visitor


def test_signing_out_is_asked_for_once_more(visitor: Visitor) -> None:
    visitor.sign_in()
    page = visitor.get("/sign-out")
    assert "Sign out?" in page.text
    assert EMAIL in page.text
    assert visitor.get("/me").status_code == 200


def test_the_session_ends_and_the_cookie_goes(visitor: Visitor) -> None:
    visitor.sign_in()
    cookie = visitor.cookie()
    page = visitor.submit(visitor.get("/sign-out"))
    assert page.status_code == 200
    assert "You are signed out" in page.text
    assert page.headers["Clear-Site-Data"] == '"cache"'
    assert not visitor.cookie()
    visitor.client.set_cookie("__Host-gatepass", cookie, domain="auth.example.com")
    assert visitor.get("/me").status_code == 401


def test_without_the_proof_of_our_own_page_nothing_ends(visitor: Visitor) -> None:
    visitor.sign_in()
    for sent in ({}, {"csrf_token": "made up"}):
        assert visitor.post("/sign-out", sent).status_code == 403
    assert visitor.post("/sign-out", {}, Origin="https://evil.example").status_code == 403
    assert visitor.get("/me").status_code == 200


def test_who_is_not_signed_in_is_told_so(visitor: Visitor) -> None:
    assert "You are signed out" in visitor.get("/sign-out").text
    assert visitor.post("/sign-out", {}).status_code == 200
