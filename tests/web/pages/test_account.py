"""``/account``: what people see and change of their own account."""

from urllib.parse import urlencode

import pytest

from tests.support.house import EMAIL, PASSWORD, House
from tests.support.relying_party import RelyingParty, answered
from tests.support.visitor import Reader, Visitor

PAGES = ("/account", "/account/password", "/account/sessions", "/account/applications")
NEW = "another fine long password"


@pytest.fixture
def ann(visitor: Visitor) -> Visitor:
    """Ann, signed in."""
    visitor.sign_in()
    return visitor


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_signed_in_signs_in_first_and_comes_back(visitor: Visitor, path: str) -> None:
    for answer in (visitor.get(path), visitor.post(path, {})):
        assert answer.status_code == 303
        page = visitor.follow(answer)
        assert visitor.submit(page, email=EMAIL, password=PASSWORD).headers["Location"] == path
        visitor = Visitor(visitor.house)


@pytest.mark.parametrize("path", PAGES)
def test_no_form_is_taken_from_another_site(ann: Visitor, path: str) -> None:
    sent = {"name": "Eve", "session": "others", "current_password": PASSWORD, "new_password": NEW}
    assert ann.post(path, sent).status_code == 403
    assert ann.post(path, {**sent, "csrf_token": "made up"}).status_code == 403
    assert ann.post(path, sent, Origin="https://evil.example").mimetype == "text/html"
    assert ann.get("/me").get_json()["name"] == "Ann"


def test_a_name_is_changed(ann: Visitor) -> None:
    answer = ann.submit(ann.get("/account"), name="  Ann Lee ")
    page = ann.follow(answer)
    assert "Your name was changed." in page.text
    assert Reader(page.text).input("name")["value"] == "Ann Lee"
    assert ann.get("/me").get_json()["name"] == "Ann Lee"


@pytest.mark.parametrize("name", ["", "   ", "a" * 201, "\u202eevil"])
def test_a_name_that_cannot_be_taken_is_told_and_kept_in_the_field(ann: Visitor, name: str) -> None:
    page = ann.submit(ann.get("/account"), name=name)
    assert page.status_code == 400
    assert Reader(page.text).input("name")["aria-invalid"] == "true"
    assert Reader(page.text).input("name")["value"] == name
    assert ann.get("/me").get_json()["name"] == "Ann"


def test_whether_the_address_is_verified_is_told_as_it_is(ann: Visitor, house: House) -> None:
    assert "Not verified" in ann.get("/account").text
    user = house.gatepass.administration.find(EMAIL)
    with house.gatepass.store.write() as uow:
        uow.users.set_email_verified(user.id, 0, verified=True)
    page = ann.get("/account").text
    assert "Verified" in page
    assert "Not verified" not in page


def test_a_password_is_changed_and_everywhere_else_one_is_signed_out(ann: Visitor, house: House) -> None:
    other = Visitor(house)
    other.sign_in()
    cookie = ann.cookie()
    answer = ann.submit(ann.get("/account/password"), current_password=PASSWORD, new_password=NEW)
    assert "Your password was changed." in ann.follow(answer).text
    assert ann.cookie() != cookie
    assert other.get("/account").status_code == 303
    assert Visitor(house).sign_in().status_code == 403
    assert Visitor(house).sign_in(password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "status", "words"),
    [
        ("", "", 400, "Please enter your current password."),
        ("wrong", NEW, 403, "The current password is wrong."),
        (PASSWORD, "short", 400, "Please use at least 8 characters."),
        (PASSWORD, PASSWORD, 400, "This is the password that you have already."),
    ],
)
def test_a_password_is_not_changed(ann: Visitor, current: str, new: str, status: int, words: str) -> None:
    page = ann.submit(ann.get("/account/password"), current_password=current, new_password=new)
    assert page.status_code == status
    assert words in page.text
    assert Visitor(ann.house).sign_in().status_code == 303


def test_sessions_are_listed_and_ended(ann: Visitor, house: House) -> None:
    other = Visitor(house)
    other.client.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (iPhone) AppleWebKit Version/18.0 Safari/604.1"
    )
    other.sign_in()
    page = ann.get("/account/sessions")
    assert "Safari on iPhone" in page.text
    assert "This browser" in page.text
    answer = ann.submit(page)
    assert answer.status_code == 404  # by no button
    session = next(value for name, value in Reader(page.text).forms[0].buttons if name == "session")
    assert "The session was ended." in ann.follow(ann.submit(page, button=session)).text
    assert other.get("/account").status_code == 303
    assert ann.get("/account").status_code == 200
    assert ann.submit(page, button=session).status_code == 404


def test_all_other_sessions_are_ended_at_once(ann: Visitor, house: House) -> None:
    others = [Visitor(house) for _ in range(2)]
    for other in others:
        other.sign_in()
    page = ann.get("/account/sessions")
    forms = len(Reader(page.text).forms)
    assert (
        "All other sessions were ended." in ann.follow(ann.submit(page, form=forms - 1, button="others")).text
    )
    assert [other.get("/account").status_code for other in others] == [303, 303]
    assert ann.get("/account").status_code == 200


def test_nobody_ends_the_sessions_of_others(ann: Visitor, house: House) -> None:
    house.sign_up("bob@example.com")
    bob = Visitor(house)
    bob.sign_in("bob@example.com")
    session = bob.get("/sessions").get_json()["sessions"][0]["id"]
    token = Reader(ann.get("/account").text).forms[0].fields["csrf_token"]
    assert ann.post("/account/sessions", {"session": session, "csrf_token": token}).status_code == 404
    assert bob.get("/account").status_code == 200


def test_apps_with_access_are_listed_and_it_is_taken_back(ann: Visitor, house: House) -> None:
    app = RelyingParty.of(house)
    assert "No app has access to your account." in ann.get("/account/applications").text
    waiting = ann.get(f"/oauth2/authorize?{urlencode(app.parameters(scope='openid email offline_access'))}")
    back = ann.follow(ann.submit(ann.follow(waiting), button="allow"))
    tokens = app.redeem(answered(back)["code"]).get_json()
    assert house.get("/oauth2/userinfo", tokens["access_token"]).status_code == 200

    page = ann.get("/account/applications")
    for words in ("Wiki", "See your e-mail address", "Stay connected when you are away"):
        assert words in page.text
    assert "The app no longer has access" in ann.follow(ann.submit(page, button=app.id)).text
    assert house.get("/oauth2/userinfo", tokens["access_token"]).status_code == 401
    refreshed = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status_code == 400
    again = ann.get(f"/oauth2/authorize?{urlencode(app.parameters())}")
    assert "/consent" in again.headers["Location"]
    assert ann.submit(page, button=app.id).status_code == 404


def test_grants_of_apps_are_not_among_the_sessions(ann: Visitor, house: House) -> None:
    app = RelyingParty.of(house)
    waiting = ann.get(f"/oauth2/authorize?{urlencode(app.parameters())}")
    app.redeem(answered(ann.follow(ann.submit(ann.follow(waiting), button="allow")))["code"])
    assert ann.get("/account/sessions").text.count('class="row"') == 1


def test_a_notice_is_one_of_ours(ann: Visitor) -> None:
    assert "notice" not in ann.get("/account?" + urlencode({"done": "You won! Call 555"})).text
