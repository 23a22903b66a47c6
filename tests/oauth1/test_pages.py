"""A person goes over the pages for a program of OAuth 1.0a: the same pages as for any other."""

from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from tests.support.house import EMAIL, PASSWORD, House
from tests.support.old_program import CALLBACK, USUAL, Credentials, OldProgram, credentials_in, problem
from tests.support.visitor import Reader, Visitor

RFC = "RFC 5849"
BOB = "bob.the.other@example.com"


@pytest.fixture
def visitor(house: House) -> Visitor:
    return Visitor(house)


@pytest.fixture
def program(house: House) -> OldProgram:
    return OldProgram.of(house)


def begin(visitor: Visitor, temporary: Credentials) -> str:
    """The page that the program's redirect leads to."""
    answer = visitor.get(f"/oauth1/authorize?oauth_token={temporary.token}")
    return str(answer.headers["Location"])


def exchanged(program: OldProgram, temporary: Credentials, location: str) -> Credentials:
    assert location.startswith(CALLBACK)
    told = parse_qs(urlsplit(location).query)
    return credentials_in(program.exchange(temporary, told["oauth_verifier"][0]))


@pytest.mark.compliance(RFC, "2.2", "the server finds out who the person is, and whether they approve")
@pytest.mark.compliance(RFC, "4.8", "the person is told what is asked for")
def test_a_stranger_signs_in_consents_and_comes_back(visitor: Visitor, program: OldProgram) -> None:
    temporary = program.initiate()
    page = visitor.get(begin(visitor, temporary))
    assert "to continue to <strong>Printer</strong>" in page.text
    question = visitor.follow(visitor.follow(visitor.submit(page, email=EMAIL, password=PASSWORD)))
    for words in ("Let Printer use your account?", "printer.example.com", EMAIL, "See your name"):
        assert words in question.text
    assert "frame-ancestors 'none'" in question.headers["Content-Security-Policy"]
    back = visitor.follow(visitor.submit(question, button="allow"))
    credentials = exchanged(program, temporary, back.headers["Location"])
    assert program.call("GET", "/oauth1/userinfo", credentials).get_json()["email"] == EMAIL


def test_who_is_signed_in_as_somebody_else_chooses(
    visitor: Visitor, program: OldProgram, house: House
) -> None:
    house.sign_up(BOB, PASSWORD, "Bob")
    visitor.sign_in()
    visitor.sign_in(BOB, path="/sign-in?account=another")
    temporary = program.initiate()
    question = visitor.get(begin(visitor, temporary))
    assert BOB in question.text
    flow = Reader(question.text).forms[0].fields["flow"]
    ann = house.gatepass.administration.find(EMAIL).id
    on = visitor.submit(visitor.get(f"/choose-account?flow={flow}"), button=ann)
    assert urlsplit(on.headers["Location"]).path == "/oauth1/authorize"
    location = visitor.follow(on).headers["Location"]
    if not location.startswith(CALLBACK):
        location = visitor.follow(visitor.submit(visitor.get(location), button="allow")).headers["Location"]
    credentials = exchanged(program, temporary, location)
    assert program.call("GET", "/oauth1/userinfo", credentials).get_json()["email"] == EMAIL


def test_who_refuses_goes_back_without(visitor: Visitor, program: OldProgram) -> None:
    visitor.sign_in()
    question = visitor.get(begin(visitor, program.initiate()))
    back = visitor.follow(visitor.submit(question, button="deny"))
    assert parse_qs(urlsplit(back.headers["Location"]).query)["oauth_problem"] == ["user_refused"]


@pytest.mark.compliance(RFC, "4.13", "nobody consents by a request that another site made")
def test_another_site_consents_for_nobody(visitor: Visitor, program: OldProgram) -> None:
    visitor.sign_in()
    location = begin(visitor, program.initiate())
    fields = {**Reader(visitor.get(location).text).forms[0].fields, "answer": "allow"}
    assert visitor.post("/consent", fields, Origin="https://evil.example").status_code == 403
    assert visitor.post("/consent", {**fields, "csrf_token": "x"}).status_code == 403


def test_out_of_band_the_question_says_what_comes(visitor: Visitor, house: House) -> None:
    program = OldProgram.of(house, msgspec.structs.replace(USUAL, redirect_uris=()))
    visitor.sign_in()
    question = visitor.get(begin(visitor, program.initiate("oob")))
    assert "You will be shown a code." in question.text
    shown = visitor.follow(visitor.submit(question, button="allow"))
    assert "Type this code into Printer" in shown.text
    again = visitor.get(f"/oauth1/authorize?flow={Reader(question.text).forms[0].fields['flow']}")
    assert again.status_code == 400
    assert "user-code" not in again.text


def test_access_is_taken_back_on_the_page_of_apps(visitor: Visitor, program: OldProgram) -> None:
    visitor.sign_in()
    temporary = program.initiate()
    question = visitor.get(begin(visitor, temporary))
    back = visitor.follow(visitor.submit(question, button="allow"))
    credentials = exchanged(program, temporary, back.headers["Location"])
    apps = visitor.get("/account/applications")
    number = next(n for n, form in enumerate(Reader(apps.text).forms) if program.client.id in str(form))
    form = Reader(apps.text).forms[number]
    visitor.submit(apps, form=number, button=form.buttons[0][1] if form.buttons[0][0] else None)
    assert problem(program.call("GET", "/oauth1/userinfo", credentials)) == (401, "token_rejected")
