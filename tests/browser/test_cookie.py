"""The cookie in a real browser: its flags, and that nobody is given one that somebody else knows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ACCOUNT, Site
from tests.browser.visiting import add_note, cookies, sign_in, sign_out
from tests.examples.test_examples import call

NEW = "another fine long password"


def test_over_https_the_browser_keeps_it_for_this_host_alone(page: Page, site: Site) -> None:
    sign_in(page, site)
    cookie = cookies(page)["__Host-gatepass"]
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "localhost")
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"


def test_on_this_machine_it_works_without_https(page: Page, open_site: Callable[..., Site]) -> None:
    site = open_site(https=False)
    sign_in(page, site)
    cookie = cookies(page)["gatepass_session"]
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (False, True, "Lax")
    add_note(page, "plainly")


def test_no_script_but_the_sites_own_runs_and_nothing_is_refused(page: Page, site: Site) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, site)
    add_note(page, "<script>document.title = 'taken'</script>")
    assert page.title() == "Home - Notes"
    answer = page.request.get(site.url)
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert [text for text in complaints if "404" not in text] == []  # of /favicon.ico


def test_a_planted_cookie_is_not_taken_over(page: Page, site: Site, browser: Browser) -> None:
    planted = "gp_sc_" + "A" * 43
    page.context.add_cookies(
        [{"name": site.cookie, "value": planted, "url": site.url, "secure": True, "httpOnly": True}]
    )
    page.goto(site.url)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert cookies(page)[site.cookie]["value"] == planted
    sign_in(page, site)
    assert cookies(page)[site.cookie]["value"] != planted
    with browser.new_context(ignore_https_errors=True) as thief:
        thief.add_cookies([{"name": site.cookie, "value": planted, "url": site.url, "secure": True}])
        assert thief.request.get(f"{site.url}/auth/me").status == 401


def test_a_thiefs_own_session_does_not_become_the_victims(page: Page, site: Site, browser: Browser) -> None:
    with browser.new_context(ignore_https_errors=True) as thief:
        own = thief.new_page()
        sign_in(own, site)
        known = cookies(own)[site.cookie]["value"]
        page.context.add_cookies([{"name": site.cookie, "value": known, "url": site.url, "secure": True}])
        sign_in(page, site)
        assert cookies(page)[site.cookie]["value"] != known
        assert page.request.get(f"{site.url}/auth/me").status == 200
        assert thief.request.get(f"{site.url}/auth/me").status == 401


def test_every_log_in_and_a_new_password_change_it(page: Page, site: Site) -> None:
    values = []
    for _ in range(2):
        sign_in(page, site)
        values.append(cookies(page)[site.cookie]["value"])
    page.get_by_text("Change the password").click()
    page.get_by_label("Current").fill(ACCOUNT["password"])
    page.get_by_label("New", exact=True).fill(NEW)
    with page.expect_navigation():
        page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("heading", name="Notes of Ada")).to_be_visible()
    values.append(cookies(page)[site.cookie]["value"])
    assert len(set(values)) == 3
    for old in values[:2]:
        headers = {"Cookie": f"{site.cookie}={old}"}
        assert call(f"{site.plain}/auth/me", headers=headers)[0] == 401
    add_note(page, "with the new cookie")


def test_a_log_out_takes_it_away(page: Page, site: Site) -> None:
    sign_in(page, site)
    value = cookies(page)[site.cookie]["value"]
    sign_out(page)
    assert site.cookie not in cookies(page)
    assert call(f"{site.plain}/auth/me", headers={"Cookie": f"{site.cookie}={value}"})[0] == 401


def test_a_log_in_in_two_tabs(page: Page, site: Site) -> None:
    first, second = page, page.context.new_page()
    sign_in(first, site)
    sign_in(second, site)
    add_note(second, "from the second tab")
    first.get_by_label("New note").fill("from a page that is out of date")
    first.get_by_role("button", name="Add").click()
    expect(first.locator("body")).to_contain_text("csrf_failed")
    first.goto(site.url)
    expect(first.locator("#notes li")).to_have_count(1)
    add_note(first, "from the first tab")
    sign_out(second)
    first.goto(site.url)
    expect(first.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("where", ["/sign-in", "/"])
def test_it_can_be_read_on_a_small_screen(page: Page, site: Site, where: str) -> None:
    sign_in(page, site)
    add_note(page, "a" * 120)
    page.goto(f"{site.url}{where}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
