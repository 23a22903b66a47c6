"""Log-out, the list of sessions and a new password, from a browser."""

from collections.abc import Callable

import pytest

from tests.support.browsing import Browser, cookie_line
from tests.support.clock import FakeClock
from tests.support.house import PASSWORD, House

NEW = "another fine long password"


@pytest.fixture
def browser(house: House) -> Browser:
    """Somebody who is logged in."""
    house.sign_up()
    browser = Browser(house)
    assert browser.log_in().status_code == 201
    return browser


def change(browser: Browser, **headers: str) -> int:
    answer = browser.post("/me/password", json={"current_password": PASSWORD, "new_password": NEW}, **headers)
    if answer.status_code == 200:
        browser.csrf_token = answer.get_json()["csrf_token"]
    return answer.status_code


@pytest.mark.parametrize("proof", ["header", "form"])
def test_a_log_out_ends_the_session_and_has_the_browser_forget(browser: Browser, proof: str) -> None:
    cookie, token = browser.cookie, browser.csrf_token
    if proof == "header":
        answer = browser.post("/logout", **{"X-CSRF-Token": token})
    else:
        answer = browser.post("/logout", data={"csrf_token": token})
    assert answer.status_code == 204, answer.text
    name, value, attributes = cookie_line(answer)
    assert (name, value, attributes["Max-Age"]) == (browser.name, "", "0")
    assert {"Secure", "HttpOnly", "SameSite", "Path"} <= attributes.keys(), "or a browser ignores it"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert answer.headers["Cache-Control"] == "no-store"
    browser.plant(cookie)
    assert browser.get("/me").status_code == 401


def test_a_log_out_that_another_site_asked_for_does_nothing(browser: Browser) -> None:
    for headers in (
        {},
        {"Origin": "https://evil.example", "X-CSRF-Token": browser.csrf_token},
        {"X-CSRF-Token": "wrong"},
    ):
        answer = browser.post("/logout", **headers)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "csrf_failed")
        assert "Set-Cookie" not in answer.headers
    assert browser.get("/me").status_code == 200


def test_a_token_logs_out_without_any_proof(house: House, browser: Browser) -> None:
    token = house.log_in()["token"]
    answer = house.client.post("/logout", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers
    assert "Clear-Site-Data" not in answer.headers
    assert browser.get("/me").status_code == 200


def test_a_page_that_was_loaded_anew_asks_for_the_proof(browser: Browser, house: House) -> None:
    assert browser.get("/me").headers["X-CSRF-Token"] == browser.csrf_token
    assert "X-CSRF-Token" not in house.get("/me", house.log_in()["token"]).headers


def test_the_session_is_listed_and_others_are_ended_from_the_browser(browser: Browser, house: House) -> None:
    other = house.log_in()
    listed = browser.get("/sessions").get_json()["sessions"]
    assert {(one["mode"], one["current"]) for one in listed} == {("cookie", True), ("token", False)}
    assert browser.send("DELETE", "/sessions", headers={}).status_code == 403
    assert house.get("/me", other["token"]).status_code == 200
    proof = {"X-CSRF-Token": browser.csrf_token}
    assert browser.send("DELETE", "/sessions", headers=proof).get_json() == {"ended": 1}
    assert house.get("/me", other["token"]).status_code == 401
    assert browser.get("/me").status_code == 200


def test_a_new_password_brings_another_cookie_for_the_same_session(
    browser: Browser, clock: FakeClock
) -> None:
    session = next(one for one in browser.get("/sessions").get_json()["sessions"] if one["current"])
    old, proof = browser.cookie, browser.csrf_token
    clock.advance(3600)
    assert change(browser) == 403, "without a proof"
    assert change(browser, **{"X-CSRF-Token": proof}) == 200
    assert browser.cookie != old
    assert browser.csrf_token != proof
    again = next(one for one in browser.get("/sessions").get_json()["sessions"] if one["current"])
    assert again["id"] == session["id"]
    kept = browser.cookie
    browser.plant(old)
    assert browser.get("/me").status_code == 401
    browser.plant(kept)
    assert browser.get("/me").status_code == 200


def test_the_new_cookie_lasts_as_long_as_its_session(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    house = open_house(session_ttl=7200, refresh_token_idle=7200)
    house.sign_up()
    browser = Browser(house)
    browser.log_in()
    clock.advance(3000)
    answer = browser.post(
        "/me/password",
        json={"current_password": PASSWORD, "new_password": NEW},
        **{"X-CSRF-Token": browser.csrf_token},
    )
    assert cookie_line(answer)[2]["Max-Age"] == "4200"


def test_a_wrong_password_leaves_the_cookie(browser: Browser) -> None:
    cookie = browser.cookie
    answer = browser.post(
        "/me/password",
        json={"current_password": "a wrong password", "new_password": NEW},
        **{"X-CSRF-Token": browser.csrf_token},
    )
    assert answer.status_code == 403
    assert browser.cookie == cookie
    assert browser.get("/me").status_code == 200
