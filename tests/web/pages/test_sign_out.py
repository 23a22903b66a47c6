"""``/sign-out``."""

import pytest
from markupsafe import escape
from msgspec import structs

from gatepass import jose
from tests.support.house import EMAIL, ISSUER, House
from tests.support.relying_party import USUAL, RelyingParty, sign_in
from tests.support.visitor import Reader, Visitor


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


@pytest.mark.compliance(
    "Front-Channel Logout 1.0", "2", "the signed-out page loads each program's address in a frame"
)
def test_programs_hear_of_it_in_frames_of_the_page(house: House) -> None:
    sign_in(house)
    metadata = structs.replace(USUAL, frontchannel_logout_uri="https://app.example.com/bye")
    tokens = RelyingParty.of(house, metadata).tokens()
    sid = jose.unproven_claims(tokens["id_token"])["sid"]
    form = Reader(house.client.get("/sign-out").text).forms[0]
    page = house.client.post("/sign-out", data=form.fields, headers={"Origin": ISSUER})
    address = f"https://app.example.com/bye?iss=https%3A%2F%2Fauth.example.com&sid={sid}"
    assert f'<iframe src="{escape(address)}" hidden' in page.text
    assert "frame-src https://app.example.com" in page.headers["Content-Security-Policy"]
