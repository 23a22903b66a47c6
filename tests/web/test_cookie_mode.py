"""``mode=cookie``: a browser is recognised by a cookie that says nothing, and by nothing else."""

from collections.abc import Callable

import pytest

from gatepass_server.domain.errors import Busy, GatepassError, OperatorError
from gatepass_server.domain.sessions import SessionMode
from tests.support.browsing import Browser, cookie_line
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD, House

DAY = 86_400


@pytest.fixture
def browser(house: House) -> Browser:
    """Somebody with an account at the house, in front of a browser."""
    house.sign_up()
    return Browser(house)


def test_a_log_in_sets_a_cookie_and_tells_no_token(browser: Browser, clock: FakeClock) -> None:
    answer = browser.log_in()
    assert answer.status_code == 201
    body = answer.get_json()
    assert set(body) == {"session", "csrf_token"}
    assert set(body["session"]) == {"id", "created_at", "expires_at"}
    assert body["session"]["expires_at"] == clock.now + 90 * DAY
    assert browser.cookie not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.compliance("RFC 6265", "4.1.2", "the attributes of the cookie")
def test_over_https_the_cookie_is_bound_to_this_host_and_out_of_reach_of_scripts(browser: Browser) -> None:
    name, value, attributes = cookie_line(browser.log_in())
    assert name == "__Host-gatepass"
    assert value.startswith("gp_sc_")
    assert attributes == {
        "Path": "/",
        "Secure": "",
        "HttpOnly": "",
        "SameSite": "Lax",
        "Max-Age": str(90 * DAY),
    } | {name: text for name, text in attributes.items() if name == "Expires"}


def test_on_this_machine_without_https_the_cookie_has_a_plain_name(open_house: Callable[..., House]) -> None:
    house = open_house(issuer="http://127.0.0.1:8000")
    house.sign_up()
    name, _, attributes = cookie_line(Browser(house, "http://127.0.0.1:8000").log_in())
    assert name == "gatepass_session"
    assert "Secure" not in attributes
    assert {"HttpOnly", "SameSite", "Path"} <= attributes.keys()


def test_the_cookie_lets_its_owner_in(browser: Browser) -> None:
    assert browser.get("/me").status_code == 401
    browser.log_in()
    answer = browser.get("/me")
    assert answer.get_json()["email"] == EMAIL
    assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-store", "Cookie")


def test_only_a_digest_of_the_cookie_is_kept(browser: Browser, house: House) -> None:
    session_id = browser.log_in().get_json()["session"]["id"]
    with house.gatepass.store.read() as uow:
        live = uow.sessions.with_user(session_id)
    assert live is not None
    assert live.session.mode is SessionMode.COOKIE
    assert live.session.cookie_digest is not None
    assert browser.cookie.encode() not in live.session.cookie_digest
    assert browser.cookie not in repr(live)


def test_every_log_in_gets_another_cookie_and_ends_the_session_of_the_one_before(browser: Browser) -> None:
    first = browser.log_in()
    old = browser.cookie
    second = browser.log_in()
    assert browser.cookie != old
    assert second.get_json()["session"]["id"] != first.get_json()["session"]["id"]
    assert browser.get("/me").status_code == 200
    browser.plant(old)
    assert browser.get("/me").status_code == 401


def test_a_failed_log_in_leaves_the_session_before_it(browser: Browser) -> None:
    browser.log_in()
    assert browser.log_in(password="quite another password").status_code == 403
    assert browser.get("/me").status_code == 200


def test_a_planted_cookie_is_never_taken_over(browser: Browser) -> None:
    planted = "gp_sc_" + "A" * 43
    browser.plant(planted)
    browser.log_in()
    assert browser.cookie != planted
    browser.plant(planted)
    assert browser.get("/me").status_code == 401


def test_of_two_different_cookies_neither_counts(browser: Browser, house: House) -> None:
    browser.log_in()
    both = f"{browser.name}={browser.cookie}; {browser.name}=gp_sc_planted"
    client = house.app.test_client(use_cookies=False)
    assert client.get("/me", headers={"Cookie": both}).status_code == 401
    twice = f"{browser.name}={browser.cookie}; {browser.name}={browser.cookie}"
    assert client.get("/me", headers={"Cookie": twice}).status_code == 200


@pytest.mark.parametrize(
    "value", ["", "x", "gp_sc_", "gp_sc_\u0000", "gp_rt_" + "A" * 43, "\udcff" * 5, "a" * 9000]
)
def test_a_cookie_that_is_none_is_nobodys(browser: Browser, house: House, value: str) -> None:
    sent = {"Cookie": f"{browser.name}={value}".encode("utf-8", "surrogateescape").decode("latin-1")}
    assert house.app.test_client(use_cookies=False).get("/me", headers=sent).status_code == 401


def test_a_token_beside_the_cookie_is_what_counts(browser: Browser, house: House) -> None:
    token = house.token("bob@example.com")
    browser.log_in()
    bearer = {"Authorization": f"Bearer {token}"}
    assert browser.get("/me", **bearer).get_json()["email"] == "bob@example.com"
    for bad in ({"Authorization": "Bearer bad"}, {"x-access-token": "bad"}, {"Authorization": "Basic YTpi"}):
        assert browser.get("/me", **bad).status_code == 401


def test_a_disabled_account_is_out_at_once(browser: Browser, house: House) -> None:
    browser.log_in()
    house.gatepass.administration.disable(EMAIL)
    assert browser.get("/me").status_code == 401


def test_a_session_in_use_goes_on_until_its_absolute_end(browser: Browser, clock: FakeClock) -> None:
    browser.log_in()
    for _ in range(8):
        clock.advance(11 * DAY)
        assert browser.get("/me").status_code == 200
    clock.advance(2 * DAY)
    assert browser.get("/me").status_code == 401


def test_an_unused_session_ends(browser: Browser, clock: FakeClock) -> None:
    browser.log_in()
    clock.advance(14 * DAY - 1)
    assert browser.get("/me").status_code == 200
    clock.advance(14 * DAY)
    assert browser.get("/me").status_code == 401


def test_a_use_is_written_down_once_in_a_minute(browser: Browser, house: House, clock: FakeClock) -> None:
    session_id = browser.log_in().get_json()["session"]["id"]
    seen = []
    for seconds in (0, 59, 1, 30, 30):
        clock.advance(seconds)
        browser.get("/me")
        with house.gatepass.store.read() as uow:
            live = uow.sessions.with_user(session_id)
        assert live is not None
        seen.append(live.session.last_seen_at - live.session.created_at)
    assert seen == [0, 0, 60, 60, 120]


@pytest.mark.parametrize("error", [Busy("Busy.", retry_after=1), OperatorError("No space left.")], ids=repr)
def test_where_a_use_cannot_be_written_down_its_page_is_shown_all_the_same(
    browser: Browser, house: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, error: GatepassError
) -> None:
    browser.log_in()
    clock.advance(61)

    def fail(_store: object, **_options: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(type(house.gatepass.store), "write", fail)
        assert browser.get("/me").status_code == 200
    assert browser.get("/me").status_code == 200


def test_a_refresh_token_is_not_among_what_a_browser_gets(browser: Browser, house: House) -> None:
    browser.log_in()
    assert house.refresh(browser.cookie).status_code == 400
    assert house.get("/me", browser.cookie).status_code == 401


@pytest.mark.parametrize("form", ["json", "data"])
@pytest.mark.parametrize("mode", ["cookies", "COOKIE", " cookie", "jwt", "\0"])
def test_a_mode_that_there_is_not_is_named(house: House, form: str, mode: str) -> None:
    house.sign_up()
    sent = {"email": EMAIL, "password": PASSWORD, "mode": mode}
    answer = house.client.post("/login", **{form: sent})
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.get_json()["errors"]] == ["mode"]


def test_without_a_mode_or_with_token_tokens_are_told(house: House) -> None:
    house.sign_up()
    for mode in ({}, {"mode": ""}, {"mode": "token"}):
        answer = house.client.post("/login", json={"email": EMAIL, "password": PASSWORD, **mode})
        assert answer.get_json()["token"].count(".") == 2
        assert "Set-Cookie" not in answer.headers
