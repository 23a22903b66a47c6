"""Several accounts in one browser."""

import pytest

from tests.support.house import EMAIL, PASSWORD, House
from tests.support.visitor import Reader, Visitor

OTHERS = "__Host-gatepass-others"
BOB = "bob@example.com"


@pytest.fixture
def both(house: House, visitor: Visitor) -> Visitor:
    """Ann's browser, where Bob has signed in beside her."""
    house.sign_up(BOB, PASSWORD, "Bob")
    visitor.sign_in()
    visitor.sign_in(BOB, path="/sign-in?account=another")
    return visitor


def me(visitor: Visitor) -> str:
    return str(visitor.get("/me").get_json()["email"])


def person(visitor: Visitor, email: str) -> str:
    return visitor.house.gatepass.administration.find(email).id


def test_who_signs_in_beside_another_is_the_current_one(both: Visitor) -> None:
    assert me(both) == BOB
    assert both.cookie(OTHERS).count("~") == 0
    assert both.cookie(OTHERS).startswith("gp_sc_")


def test_the_cookie_of_the_others_is_as_well_kept_as_the_first(both: Visitor) -> None:
    answer = both.submit(both.get("/choose-account"), button=person(both, EMAIL))
    line = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{OTHERS}="))
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in line


def test_choosing_swaps(both: Visitor) -> None:
    answer = both.submit(both.get("/choose-account"), button=person(both, EMAIL))
    assert answer.headers["Location"] == "/account"
    assert me(both) == EMAIL
    both.submit(both.get("/choose-account"), button=person(both, BOB))
    assert me(both) == BOB


def test_nobody_is_chosen_who_is_not_there(both: Visitor, house: House) -> None:
    house.sign_up("carol@example.com")
    page = both.get("/choose-account")
    form = Reader(page.text).forms[0].fields
    answer = both.post("/choose-account", {**form, "person": person(both, "carol@example.com")})
    assert answer.status_code == 200
    assert me(both) == BOB


def test_another_site_chooses_nobody(both: Visitor) -> None:
    form = {**Reader(both.get("/choose-account").text).forms[0].fields, "person": person(both, EMAIL)}
    assert both.post("/choose-account", form, Origin="https://evil.example").status_code == 403
    assert both.post("/choose-account", {**form, "csrf_token": ""}).status_code == 403
    assert me(both) == BOB


def test_signing_out_leaves_the_others(both: Visitor) -> None:
    page = both.submit(both.get("/sign-out"))
    assert "Other accounts are still signed in on this browser" in page.text
    assert EMAIL in page.text
    assert not both.cookie()
    both.submit(both.get("/choose-account"), button=person(both, EMAIL))
    assert me(both) == EMAIL


def test_or_all_sign_out(both: Visitor) -> None:
    page = both.submit(both.get("/sign-out"), button="everybody")
    assert EMAIL not in page.text
    assert not both.cookie()
    assert not both.cookie(OTHERS)
    assert both.get("/choose-account").status_code == 303


def test_signing_in_without_a_flow_ends_the_session_of_whom_it_replaces(
    house: House, visitor: Visitor
) -> None:
    house.sign_up(BOB, PASSWORD, "Bob")
    visitor.sign_in()
    ann = visitor.cookie()
    visitor.post("/sign-in", {"email": BOB, "password": PASSWORD})
    assert not visitor.cookie(OTHERS)
    stranger = Visitor(house)
    stranger.client.set_cookie("__Host-gatepass", ann, domain="auth.example.com")
    assert stranger.get("/me").status_code == 401


def test_five_accounts_are_the_most_and_who_waited_longest_is_signed_out(
    house: House, visitor: Visitor
) -> None:
    emails = [f"person{number}@example.com" for number in range(6)]
    for email in emails:
        house.sign_up(email)
        visitor.sign_in(email, path="/sign-in?account=another")
    assert visitor.cookie(OTHERS).count("~") == 3
    page = visitor.get("/choose-account").text
    assert [email for email in emails if email in page] == emails[1:]
    first = house.gatepass.administration.find(emails[0])
    with house.gatepass.store.read() as uow:
        assert not uow.sessions.page_of(first.id, now=int(house.gatepass.clock()), after=None, limit=9)


def test_the_same_person_stands_there_once(both: Visitor) -> None:
    both.sign_in(path="/sign-in?account=another")
    assert me(both) == EMAIL
    assert both.get("/choose-account").text.count(EMAIL) == 1
    assert len(Reader(both.get("/choose-account").text).forms[0].buttons) == 2


def test_whose_session_has_ended_is_not_offered(both: Visitor, house: House) -> None:
    house.gatepass.administration.disable(EMAIL)
    assert EMAIL not in both.get("/choose-account").text


@pytest.mark.parametrize(
    "value", ["", "~~~", "x", "gp_sc_" + "A" * 43, "~".join(["gp_sc_x"] * 50), "a" * 4000]
)
def test_a_cookie_of_others_that_is_none_is_nobodys(visitor: Visitor, value: str) -> None:
    visitor.sign_in()
    visitor.client.set_cookie(OTHERS, value, domain="auth.example.com")
    assert visitor.get("/choose-account").status_code == 200
    assert len(Reader(visitor.get("/choose-account").text).forms[0].buttons) == 1


def test_a_form_of_the_account_that_was_current_before_is_refused(both: Visitor) -> None:
    page = both.get("/account")
    both.submit(both.get("/choose-account"), button=person(both, EMAIL))
    answer = both.submit(page, name="Bobby")
    assert answer.status_code == 403
    assert "This page is out of date" in answer.text
