"""What a program asks of a person leads over the pages, and back to the program."""

import re
from urllib.parse import urlencode, urlsplit

import pytest
from msgspec import structs
from werkzeug.test import TestResponse

from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD, House
from tests.support.relying_party import CALLBACK, USUAL, RelyingParty, answered
from tests.support.visitor import Reader, Visitor

BOB = "bob@example.com"


@pytest.fixture
def app(house: House) -> RelyingParty:
    """A program that the house does not trust by itself."""
    house.sign_up(BOB, PASSWORD, "Bob")
    return RelyingParty.of(house)


def begin(visitor: Visitor, app: RelyingParty, **changed: str | None) -> TestResponse:
    """The program sends the person to the authorization endpoint; where that sends them."""
    return visitor.get(f"/oauth2/authorize?{urlencode(app.parameters(**changed))}")


def page_of(answer: TestResponse) -> str:
    """Which page somebody is sent to."""
    return urlsplit(answer.headers["Location"]).path


def form_targets(page: TestResponse) -> list[str]:
    """The sources of ``form-action``."""
    found = re.search(r"form-action ([^;]*)", page.headers["Content-Security-Policy"])
    assert found is not None
    return found[1].split()


def test_a_stranger_signs_in_consents_and_comes_back_with_a_code(visitor: Visitor, app: RelyingParty) -> None:
    waiting = begin(visitor, app)
    assert page_of(waiting) == "/sign-in"
    page = visitor.follow(waiting)
    assert "to continue to <strong>Wiki</strong>" in page.text
    on = visitor.follow(visitor.submit(page, email=EMAIL, password=PASSWORD))
    assert page_of(on) == "/consent"
    question = visitor.follow(on)
    for words in (
        "Let Wiki use your account?",
        "app.example.com",
        EMAIL,
        "See your name",
        "until you sign out",
    ):
        assert words in question.text
    back = visitor.follow(visitor.submit(question, button="allow"))
    assert back.headers["Location"].startswith(CALLBACK)
    tokens = app.redeem(answered(back)["code"])
    assert tokens.status_code == 200


def test_the_answer_is_remembered(visitor: Visitor, app: RelyingParty) -> None:
    visitor.sign_in()
    visitor.submit(visitor.follow(begin(visitor, app)), button="allow")
    again = begin(visitor, app)
    assert again.headers["Location"].startswith(CALLBACK)
    more = begin(visitor, app, scope="openid profile email offline_access")
    assert page_of(more) == "/consent"
    assert "It keeps this access until you remove it." in visitor.follow(more).text


def test_who_refuses_goes_back_with_an_error(visitor: Visitor, app: RelyingParty) -> None:
    visitor.sign_in()
    question = visitor.follow(begin(visitor, app))
    back = visitor.follow(visitor.submit(question, button="deny"))
    assert answered(back)["error"] == "access_denied"


def test_a_consent_without_the_button_that_allows_is_a_refusal(visitor: Visitor, app: RelyingParty) -> None:
    visitor.sign_in()
    question = visitor.follow(begin(visitor, app))
    back = visitor.follow(visitor.submit(question))
    assert answered(back)["error"] == "access_denied"


@pytest.mark.compliance("RFC 9700", "4.7", "nobody consents by a request that another site made")
def test_another_site_consents_for_nobody(visitor: Visitor, app: RelyingParty) -> None:
    visitor.sign_in()
    question = visitor.follow(begin(visitor, app))
    fields = {**Reader(question.text).forms[0].fields, "answer": "allow"}
    assert visitor.post("/consent", fields, Origin="https://evil.example").status_code == 403
    assert visitor.post("/consent", {**fields, "csrf_token": "x"}).status_code == 403
    assert page_of(begin(visitor, app)) == "/consent"


@pytest.mark.compliance("RFC 6749", "10.13", "no page of ours is shown within another site's")
def test_nobody_frames_the_question(visitor: Visitor, app: RelyingParty) -> None:
    visitor.sign_in()
    question = visitor.follow(begin(visitor, app))
    assert "frame-ancestors 'none'" in question.headers["Content-Security-Policy"]


def test_forms_may_lead_to_the_program_of_the_flow_and_nowhere_else(
    visitor: Visitor, app: RelyingParty
) -> None:
    assert form_targets(visitor.get("/sign-in")) == ["'self'"]
    page = visitor.follow(begin(visitor, app))
    assert form_targets(page) == ["'self'", "https://app.example.com"]


@pytest.mark.compliance("OIDC Core", "3.1.2.1", "prompt=login: the person proves again who they are")
def test_prompt_login_refreshes_the_session_of_the_same_person(
    visitor: Visitor, app: RelyingParty, clock: FakeClock
) -> None:
    visitor.sign_in()
    visitor.submit(visitor.follow(begin(visitor, app)), button="allow")
    before = visitor.get("/sessions").get_json()["sessions"]
    clock.advance(100)
    waiting = begin(visitor, app, prompt="login")
    assert page_of(waiting) == "/sign-in"
    back = visitor.follow(visitor.submit(visitor.follow(waiting), email=EMAIL, password=PASSWORD))
    assert "code" in answered(back)
    after = visitor.get("/sessions").get_json()["sessions"]
    assert [session["id"] for session in before] == [session["id"] for session in after]


def test_a_hint_is_filled_in(visitor: Visitor, app: RelyingParty) -> None:
    page = visitor.follow(begin(visitor, app, login_hint="Carol@example.com"))
    assert Reader(page.text).input("email")["value"] == "Carol@example.com"


@pytest.mark.compliance("OIDC Core", "3.1.2.1", "ui_locales: the languages that the person is to be asked in")
def test_the_program_may_ask_for_a_language(visitor: Visitor, app: RelyingParty) -> None:
    page = visitor.follow(begin(visitor, app, ui_locales="fr zh-CN en"))
    assert page.headers["Content-Language"] == "zh-Hans"
    waiting = begin(visitor, app, ui_locales="fr zh-CN en")
    chosen = visitor.get(f"{waiting.headers['Location']}&lang=en")
    assert chosen.headers["Content-Language"] == "en"
    assert visitor.follow(begin(visitor, app, ui_locales="zh")).headers["Content-Language"] == "en"


@pytest.mark.compliance("OIDC Core", "3.1.2.1", "prompt=select_account: the person chooses")
def test_one_of_several_accounts_is_chosen(visitor: Visitor, app: RelyingParty) -> None:
    visitor.sign_in()
    visitor.submit(visitor.follow(begin(visitor, app)), button="allow")
    waiting = begin(visitor, app, prompt="select_account")
    assert page_of(waiting) == "/choose-account"
    choice = visitor.follow(waiting)
    another = next(link for link in Reader(choice.text).links if "account=another" in link)
    on = visitor.follow(visitor.submit(visitor.get(another), email=BOB, password=PASSWORD))
    assert page_of(on) == "/consent"
    assert BOB in visitor.follow(on).text

    waiting = begin(visitor, app, prompt="select_account")
    choice = visitor.follow(waiting)
    assert EMAIL in choice.text
    assert BOB in choice.text
    ann = house_id(visitor, EMAIL)
    back = visitor.follow(visitor.submit(choice, button=ann))
    assert "code" in answered(back)
    assert visitor.get("/me").get_json()["email"] == EMAIL


@pytest.mark.compliance(
    "OIDC Prompt Create", "4", "prompt=create: the person is shown where accounts are made"
)
def test_a_program_may_send_people_to_make_an_account(visitor: Visitor, app: RelyingParty) -> None:
    waiting = begin(visitor, app, prompt="create")
    assert page_of(waiting) == "/sign-up"
    page = visitor.follow(waiting)
    on = visitor.follow(
        visitor.submit(page, name="Carol", email="carol@example.com", password="carols long password")
    )
    assert page_of(on) == "/consent"


@pytest.mark.compliance("OAuth 2.0 Form Post Response Mode", "2", "the answer is posted by a form")
def test_an_answer_is_posted_by_a_form_without_inline_script(visitor: Visitor, app: RelyingParty) -> None:
    visitor.sign_in()
    visitor.submit(visitor.follow(begin(visitor, app)), button="allow")
    page = begin(visitor, app, response_mode="form_post", state="\"'><b>&")
    assert page.status_code == 200
    form = Reader(page.text).forms[0]
    assert form.action == CALLBACK
    assert form.fields["state"] == "\"'><b>&"
    assert set(form.fields) == {"code", "state", "iss"}
    assert form_targets(page) == ["'self'", "https://app.example.com"]


def test_a_request_that_leads_nowhere_is_a_page_for_both_its_readers(
    visitor: Visitor, app: RelyingParty
) -> None:
    page = begin(visitor, app, redirect_uri="https://evil.example/")
    assert (page.status_code, page.mimetype) == (400, "text/html")
    for words in ("Go back to the app", "invalid_request", "redirect_uri is not registered"):
        assert words in page.text
    assert "evil.example" not in page.text
    nobody = visitor.get("/oauth2/authorize?client_id=nobody")
    assert nobody.status_code in {400, 401}
    assert nobody.mimetype == "text/html"
    assert "WWW-Authenticate" not in nobody.headers


def test_a_flow_that_was_finished_goes_on_no_more(visitor: Visitor, app: RelyingParty) -> None:
    visitor.sign_in()
    question = visitor.follow(begin(visitor, app))
    visitor.follow(visitor.submit(question, button="allow"))
    late = visitor.submit(question, button="allow")
    assert late.status_code == 400
    assert "This sign-in has expired" in late.text


def test_a_flow_waits_for_an_hour(visitor: Visitor, app: RelyingParty, clock: FakeClock) -> None:
    waiting = begin(visitor, app)
    clock.advance(3599)
    assert visitor.follow(waiting).status_code == 200
    clock.advance(1)
    assert visitor.follow(waiting).status_code == 400


def test_a_program_is_shown_in_its_own_colour_and_language(house: House, visitor: Visitor) -> None:
    metadata = structs.replace(
        USUAL,
        accent_color="#8a1538",
        logo_uri="https://cdn.example.com/logo.png",
        policy_uri="https://app.example.com/privacy",
        names={"zh-CN": "维基"},
    )
    app = RelyingParty.of(house, metadata)
    page = visitor.follow(begin(visitor, app))
    assert "accent-8a1538.css" in page.text
    assert "https://cdn.example.com/logo.png" in page.text
    assert "img-src 'self' https://cdn.example.com;" in page.headers["Content-Security-Policy"]
    assert "Wiki" in page.text
    assert "维基" in visitor.follow(begin(visitor, app, ui_locales="zh")).text
    visitor.sign_in()
    question = visitor.follow(begin(visitor, app))
    assert "https://app.example.com/privacy" in Reader(question.text).links


def house_id(visitor: Visitor, email: str) -> str:
    """The id of a person."""
    return visitor.house.gatepass.administration.find(email).id
