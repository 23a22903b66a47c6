"""A program in Chromium with oidc-client-ts, at its own site beside the server's, both over HTTPS."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.tls_front import tls_front
from tests.outage.certificates import self_signed
from tests.relying.conftest import House
from tests.relying.running import NODE, PROGRAMS
from tests.relying.sites import Page as SitePage
from tests.relying.sites import site
from tests.support.chromium import ARGUMENTS, find_chromium
from tests.support.server import EMAIL, PASSWORD, free_port, serving, sign_up

pytestmark = pytest.mark.usefixtures("node")  # the program's library is one of npm's

# To a browser, they are the same site at different origins.
SERVER, PROGRAM = "auth.example.test", "board.example.test"
WAYS = {
    "by refresh token": ["authorization_code", "refresh_token"],
    "in a frame": ["authorization_code"],
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls") / "example.pem", "*.example.test")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, certificate: Path) -> Iterator[House]:
    """A server whose issuer is https, with TLS in front."""
    folder = tmp_path_factory.mktemp("relying")
    port, plain = free_port(), free_port()
    issuer = f"https://{SERVER}:{port}"
    settings = {"issuer": issuer, "signing_algorithm": "RS256", "registration": "open"}
    with serving(folder, port=plain, **settings) as server, tls_front(port, plain, certificate):
        assert sign_up(server.url).status_code == 201
        yield House(server, issuer, folder)


def spa_page(path: str, settings: dict[str, Any]) -> SitePage:
    """The files of the program; every other address shows its one page."""
    if path == "/settings.json":
        return json.dumps(settings).encode(), "application/json"
    folder = PROGRAMS / "spa"
    if path == "/oidc-client-ts.min.js":
        folder = NODE / "node_modules/oidc-client-ts/dist/browser"
    if path.endswith(".js"):
        return (folder / path[1:]).read_bytes(), "text/javascript"
    return (folder / "index.html").read_bytes(), "text/html; charset=utf-8"


@dataclass
class Spa:
    """The program's address, and the way in which it renews."""

    address: str
    way: str


@pytest.fixture(scope="module", params=WAYS)
def spa(request: pytest.FixtureRequest, house: House, certificate: Path) -> Iterator[Spa]:
    told: dict[str, Any] = {"authority": house.issuer, "scope": "openid profile email"}
    with ExitStack() as stack:
        plain = stack.enter_context(site(lambda path: spa_page(path, told)))
        port = free_port()
        stack.enter_context(tls_front(port, plain, certificate))
        address = f"https://{PROGRAM}:{port}"
        told["client_id"] = house.register(
            f"{address}/callback",
            grant_types=WAYS[request.param],
            post_logout_redirect_uris=[f"{address}/"],
            token_endpoint_auth_method="none",
        )["CLIENT_ID"]
        yield Spa(address, request.param)


@pytest.fixture(scope="module")
def chromium() -> str:
    """Where Chromium is. In CI it must be there; elsewhere these tests are skipped without it."""
    found = find_chromium()
    if found is None:
        reason = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One for this file: as long as Playwright runs, so does its event loop, and no other test could run its own."""
    resolved = "--host-resolver-rules=MAP *.example.test 127.0.0.1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, resolved])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        yield page


def press(page: Page, name: str, seen: str) -> dict[str, Any]:
    """Press a button of the program; what it is told, in which ``seen`` stands."""
    page.get_by_role("button", name=name, exact=True).click()
    return told(page, seen)


def told(page: Page, seen: str) -> dict[str, Any]:
    shown = page.locator("#told")
    expect(shown).to_contain_text(seen, timeout=15_000)
    return dict(json.loads(shown.inner_text()))


def begin(page: Page, spa: Spa) -> None:
    """Open the program, and wait until its buttons work."""
    page.goto(spa.address)
    assert told(page, "signed_in") == {"signed_in": False}


def sign_in(page: Page, spa: Spa) -> dict[str, Any]:
    begin(page, spa)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(f"/consent|{PROGRAM}"))
    if "/consent" in page.url:  # the first time
        page.get_by_role("button", name="Allow", exact=True).click()
    return told(page, "email")


def test_somebody_signs_in(spa: Spa, page: Page) -> None:
    found = sign_in(page, spa)
    assert (found["email"], found["name"]) == (EMAIL, "Ann")


def test_the_program_renews_without_a_page(spa: Spa, page: Page) -> None:
    before = sign_in(page, spa)
    renewed = press(page, "Renew", "renewed")
    assert renewed["token"] != before["token"]
    assert renewed["email"] == EMAIL


def test_another_tab_finds_the_sign_in_in_silence(spa: Spa, page: Page) -> None:
    sign_in(page, spa)
    page.evaluate("sessionStorage.clear()")
    begin(page, spa)
    assert press(page, "Look for a sign-in", "found")["email"] == EMAIL


def test_where_nobody_is_signed_in_silence_finds_nobody(spa: Spa, page: Page) -> None:
    begin(page, spa)
    assert press(page, "Look for a sign-in", "error") == {"error": "login_required"}


def test_a_log_out_ends_the_sign_in_too(spa: Spa, page: Page) -> None:
    sign_in(page, spa)
    assert press(page, "Sign out", "signed_out") == {"signed_out": True}
    begin(page, spa)
    assert press(page, "Look for a sign-in", "error") == {"error": "login_required"}
