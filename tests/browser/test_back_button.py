"""The back button after a log-out shows nothing private, whichever cache it would come from."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.visiting import add_note, sign_in, sign_out

SECRET = "a secret for my eyes only"


def _forgetful(data: bytes) -> bytes:
    """The answers of a site that says neither ``no-store`` nor ``Clear-Site-Data``."""
    return (
        data.replace(b"Cache-Control: no-store", b"Cache-Control: private, max-age=600")
        .replace(b"Clear-Site-Data", b"X-Nothing-At-All")
        .replace(b"Vary: Cookie", b"X-Vary: Cookie")
    )


WAYS = pytest.mark.parametrize("way", ["as the page was left", "from the HTTP cache"])


def read_and_leave(page: Page, site: Site, way: str) -> Page:
    """Look at something private, and sign out; the page, which has a history now.

    A window that another one has opened is not kept as it was left: back loads it, from the HTTP cache if it may.
    """
    if way == "from the HTTP cache":
        page.goto(f"{site.url}/sign-in")
        with page.expect_popup() as opened:
            page.evaluate("void window.open('/sign-in')")
        page = opened.value
    sign_in(page, site)
    add_note(page, SECRET)
    page.goto(f"{site.url}/?page=private")
    expect(page.locator("#notes")).to_contain_text(SECRET)
    sign_out(page)
    return page


@WAYS
def test_back_after_a_log_out_shows_where_one_signs_in(page: Page, site: Site, way: str) -> None:
    page = read_and_leave(page, site, way)
    for _ in range(2):
        page.go_back(wait_until="commit")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert SECRET not in page.content()


@WAYS
def test_without_our_headers_the_browser_would_show_it(
    page: Page, open_site: Callable[..., Site], way: str
) -> None:
    """So the test above can fail, in either way."""
    site = open_site(tamper=_forgetful)
    page = read_and_leave(page, site, way)
    page.go_back(wait_until="commit")
    expect(page.locator("#notes")).to_contain_text(SECRET)
    kind = page.evaluate("performance.getEntriesByType('navigation')[0].type")
    assert kind == ("back_forward" if way == "from the HTTP cache" else "navigate")


def test_the_address_of_the_page_opened_anew_shows_nothing_either(page: Page, site: Site) -> None:
    page = read_and_leave(page, site, "as the page was left")
    page.goto(f"{site.url}/?page=private")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    tab = page.context.new_page()
    tab.goto(f"{site.url}/?page=private")
    assert SECRET not in tab.content()
