"""What people do at the example."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import ACCOUNT, Site


def sign_in(page: Page, site: Site, password: str = ACCOUNT["password"]) -> None:
    """Sign in at the page where one signs in, and wait for one's notes."""
    page.goto(f"{site.url}/sign-in")
    form = page.locator("form[data-post='/auth/login']")
    form.get_by_label("E-mail").fill(site.email)
    form.get_by_label("Password").fill(password)
    form.get_by_role("button").click()
    expect(page.get_by_role("heading", name="Notes of Ada")).to_be_visible()


def add_note(page: Page, text: str) -> None:
    """Fill in the form that changes something."""
    page.get_by_label("New note").fill(text)
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#notes")).to_contain_text(text)


def sign_out(page: Page) -> None:
    """Press the button."""
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def cookies(page: Page) -> dict[str, dict[str, Any]]:
    """The cookies of the profile, by name."""
    return {str(cookie["name"]): dict(cookie) for cookie in page.context.cookies()}
