"""The pages in a real browser: without a script, by the keyboard alone, and as axe sees them."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.evil_site import evil_site
from tests.browser.scenes import EMAIL, PASSWORD, SCENES, Scene, Town, sign_in
from tests.browser.screenshots import town as open_town

AXE = Path(__file__).parent / "node" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

NEWS = ("Failed to load resource", "Clear-Site-Data")
"""What Chromium tells of a status or a header that is as it should be."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A server with people and apps."""
    with open_town(tmp_path_factory.mktemp("town")) as place:
        yield place


Theme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def telephone(browser: Browser) -> Iterator[Callable[[str, Theme], Page]]:
    """The page of a small telephone, with no cookie: ``telephone(locale, theme)``. Each scene finds the last one's.

    A profile of its own for each scene would start a process each time.
    """
    with ExitStack() as stack:

        @cache
        def page_of(locale: str, theme: Theme) -> Page:
            context = stack.enter_context(browser.new_context(locale=locale, color_scheme=theme))
            page = context.new_page()
            page.set_viewport_size({"width": 320, "height": 640})
            return page

        def emptied(locale: str, theme: Theme) -> Page:
            page = page_of(locale, theme)
            page.unroute_all()
            page.goto("about:blank")
            page.context.clear_cookies()
            return page

        yield emptied


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page where no script runs."""
    with browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640}) as context:
        yield context.new_page()


def violations(page: Page) -> list[Any]:
    """What axe finds on a page: rules, and what breaks them. It is put there from outside, past the page's policy."""
    page.evaluate(axe())
    found: list[Any] = page.evaluate(
        "async (tags) => (await axe.run({runOnly: tags})).violations"
        ".map((found) => [found.id, found.nodes.map((node) => node.html)])",
        RULES,
    )
    return found


def axe() -> str:
    """The script that is axe. In CI it must be there."""
    if not AXE.exists():
        reason = "axe is not here: npm ci --prefix tests/browser/node"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("locale", "theme"), [("en-GB", "light"), ("zh-CN", "dark")])
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_small_telephone(
    telephone: Callable[[str, Theme], Page], town: Town, scene: Scene, locale: str, theme: Theme
) -> None:
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    def note(error: object) -> None:
        complaints.append(str(error))

    page = telephone(locale, theme)
    page.on("console", hear)
    page.on("pageerror", note)
    try:
        scene.play(page, town)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        found = violations(page)
    finally:
        page.remove_listener("console", hear)
        page.remove_listener("pageerror", note)
    assert found == []
    assert [text for text in complaints if not text.startswith(NEWS)] == []


def test_axe_would_find_something(browser: Browser, town: Town) -> None:
    """So the test above can fail."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{town.url}/sign-in")
        page.evaluate("document.querySelector('label').remove()")
        assert [rule for rule, _ in violations(page)] == ["label"]


def test_one_signs_in_without_a_script(plain: Page, town: Town) -> None:
    plain.goto(f"{town.url}/account")
    expect(plain.get_by_role("heading", name="Sign in")).to_be_visible()
    plain.get_by_label("E-mail address").fill(EMAIL)
    plain.get_by_label("Password").fill(PASSWORD)
    plain.get_by_role("button", name="Sign in").click()
    expect(plain.get_by_role("heading", name="Profile")).to_be_visible()
    expect(plain.locator("time")).to_contain_text("UTC")
    plain.get_by_role("link", name="Sign out").click()
    plain.get_by_role("button", name="Sign out").click()
    expect(plain.get_by_role("heading", name="You are signed out")).to_be_visible()


def test_one_signs_in_by_the_keyboard_alone(browser: Browser, town: Town) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{town.url}/account")
        expect(page.get_by_label("E-mail address")).to_be_focused()
        page.keyboard.type(EMAIL)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Tab")
        show = page.get_by_role("button", name="Show the password")
        expect(show).to_be_focused()
        page.keyboard.press("Space")
        expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
        expect(show).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Profile")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Your name")).to_be_focused()
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px"


@pytest.mark.parametrize("mode", ["query", "form_post"])
@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without one"])
def test_a_program_gets_its_answer_through_the_policy_of_the_pages(
    browser: Browser, town: Town, mode: str, script: bool
) -> None:
    """Chromium holds every redirect after a form against ``form-action``."""
    with (
        evil_site("<h1>Welcome back</h1>") as port,
        browser.new_context(java_script_enabled=script) as context,
    ):
        app = town.app_at(f"http://127.0.0.1:{port}/callback")
        page = context.new_page()
        page.goto(town.asks(app, response_mode=mode))
        page.get_by_label("E-mail address").fill(EMAIL)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Allow", exact=True).click()
        if mode == "form_post" and not script:
            page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()


def test_back_after_signing_out_shows_nothing_of_the_account(browser: Browser, town: Town) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        sign_in(page, town)
        page.goto(f"{town.url}/account")
        page.get_by_role("link", name="Sign out").click()
        page.get_by_role("button", name="Sign out").click()
        for _ in range(2):
            page.go_back(wait_until="commit")
            assert EMAIL not in page.content()
