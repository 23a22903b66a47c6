"""Signing in through other houses, in a real browser: each kind of house, the way back, and log-outs that follow."""

import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from gatepass_server.domain.clients import ClientMetadata
from tests.browser.screenshots import Quiet
from tests.relying.running import NODE, running
from tests.support.house import EMAIL, PASSWORD, House, cheap_settings
from tests.support.other_house import (
    CLIENT_ID,
    CLIENT_SECRET,
    OtherHouse,
    oauth1_settings,
    oauth2_settings,
    other_house,
)
from tests.support.relying_party import RelyingParty
from tests.support.server import free_port


@dataclass
class Street:
    """Our house, and those through which people come.

    Attributes:
        url: Of our house.
        ours: Our house.
        theirs: A second Gatepass.
        theirs_url: Its address.
        node: The address of oidc-provider; empty where Node is not here.
        other: A house in the tests' own code.
    """

    url: str
    ours: House
    theirs: House
    theirs_url: str
    node: str
    other: OtherHouse


@contextmanager
def answering(house: House, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, house.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        house.gatepass.close()


def opened(folder: Path, url: str, **options: Any) -> House:
    folder.mkdir()
    settings = cheap_settings(f"sqlite:///{folder / 'gatepass.db'}", folder / "data", issuer=url, **options)
    return House(settings, time.time)


def has_node() -> bool:
    """Whether oidc-provider can be run. In CI it must."""
    found = shutil.which("node") is not None and (NODE / "node_modules" / "oidc-provider").is_dir()
    if not found and os.environ.get("CI"):
        pytest.fail("Node and its libraries are not installed: make test installs them where npm is")
    return found


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("street")
    ports = [free_port() for _ in range(2)]
    url, theirs_url = f"http://127.0.0.1:{ports[0]}", f"http://localhost:{ports[1]}"  # cookies know no ports
    back = {name: f"{url}/sign-in/through/{name}" for name in ("gatepass", "node")}
    with ExitStack() as stack:
        theirs = opened(folder / "theirs", theirs_url, outbound_insecure=True, outbound_allow="127.0.0.1")
        stack.enter_context(answering(theirs, ports[1]))
        metadata = ClientMetadata(
            redirect_uris=(f"{back['gatepass']}/callback",),
            grant_types=("authorization_code",),
            scope="openid profile email",
            backchannel_logout_uri=f"{back['gatepass']}/logout",
        )
        client = RelyingParty.of(theirs, metadata, name="Our house")
        theirs.sign_up(EMAIL)
        user = theirs.gatepass.administration.find(EMAIL)
        with theirs.gatepass.store.write() as uow:
            uow.users.set_email_verified(user.id, int(time.time()), verified=True)
        node = ""
        if has_node():
            told: dict[str, Any] = {"CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": CLIENT_SECRET}
            told |= {"REDIRECT_URI": f"{back['node']}/callback", "LOGOUT_URI": f"{back['node']}/logout"}
            node = stack.enter_context(running("node", str(NODE / "provider.mjs"), folder=folder, **told))
        other = stack.enter_context(other_house(time.time))
        assert client.secret is not None
        tables = {
            "gatepass": {
                "preset": "gatepass",
                "label": "The other Gatepass",
                "issuer": theirs_url,
                "client_id": client.id,
                "client_secret": client.secret.reveal(),
            },
            "node": {
                "label": "Node",
                "issuer": node or "http://127.0.0.1:9",
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
            },
            "club": oauth2_settings(other, label="Club"),
            "bird": oauth1_settings(other, label="Bird", email_verified="", issuer=f"{other.url}/bird"),
        }
        ours = opened(folder / "ours", url, upstream=tables)
        stack.enter_context(answering(ours, ports[0]))
        yield Street(url, ours, theirs, theirs_url, node, other)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 320, "height": 640}) as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        yield page


def press(page: Page, street: Street, label: str, path: str = "/sign-in") -> None:
    page.goto(street.url + path)
    page.get_by_role("link", name=f"Continue with {label}").click()


def agree(page: Page) -> None:
    """Sign in at the other Gatepass, and consent."""
    page.get_by_label("E-mail address").fill(EMAIL)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("button.primary").click()
    page.get_by_role("button", name="Allow", exact=True).click()


@pytest.mark.compliance(
    "OpenID Connect Back-Channel Logout 1.0", "2.5", "a log-out travels from house to house"
)
def test_one_gatepass_signs_in_to_another_and_a_log_out_travels(page: Page, street: Street) -> None:
    press(page, street, "The other Gatepass")
    agree(page)
    expect(page).to_have_url(f"{street.url}/account")
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()
    page.goto(f"{street.theirs_url}/sign-out")
    page.locator("button.primary").click()
    provider = street.theirs.gatepass.provider
    assert provider is not None
    provider.courier.start()
    deadline = time.monotonic() + 10
    while page.goto(f"{street.url}/account") and "/sign-in" not in page.url and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))


@pytest.mark.compliance("OpenID Connect Core 1.0", "3.1", "against a provider of others: oidc-provider")
def test_oidc_provider_signs_people_in_and_out(page: Page, street: Street) -> None:
    if not street.node:
        pytest.skip("Node and its libraries are not installed: make test installs them where npm is")
    press(page, street, "Node")
    page.locator("[name=login]").fill("nora")
    page.locator("[name=password]").fill("anything")
    page.locator("[type=submit]").click()
    page.locator("[type=submit]").click()
    expect(page).to_have_url(f"{street.url}/account")
    expect(page.get_by_text("nora@example.com").first).to_be_visible()
    page.goto(f"{street.node}/session/end")
    page.locator("[name=logout]").click()
    page.wait_for_url("**/session/end/success**")
    page.goto(f"{street.url}/account")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))


def test_a_house_with_oauth_2_alone_signs_people_in_within_a_running_flow(page: Page, street: Street) -> None:
    metadata = ClientMetadata(
        redirect_uris=(f"{street.url}/healthz",),
        grant_types=("authorization_code",),
        scope="openid",
        trusted=True,
    )
    app = RelyingParty.of(street.ours, metadata)
    street.other.person = {"sub": "o2", "email": "olga@example.com", "email_verified": True, "name": "Olga"}
    parameters = urlencode(app.parameters(scope="openid", state="s"))
    page.goto(f"{street.url}/oauth2/authorize?{parameters}")
    page.get_by_role("link", name="Continue with Club").click()
    if "/consent" in page.url:
        page.get_by_role("button", name="Allow", exact=True).click()
    expect(page).to_have_url(re.compile(r"/healthz\?code=.*state=s"))


def test_a_house_with_oauth_1_signs_people_in_and_is_added_to_an_account(page: Page, street: Street) -> None:
    street.other.person = {"sub": "o1", "email": "otto@example.com", "name": "Otto"}
    press(page, street, "Bird")
    expect(page.get_by_role("heading", name="Almost there")).to_be_visible()
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_url(f"{street.url}/account")
    street.other.person = {"sub": "o3", "preferred_username": "otto-at-club"}
    page.goto(f"{street.url}/account/identities")
    page.get_by_role("button", name="Club").click()
    expect(page.get_by_role("heading", name="Add a way to sign in")).to_be_visible()
    expect(page.get_by_text("otto-at-club")).to_be_visible()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("The way to sign in was added.")).to_be_visible()
    page.get_by_role("button", name="Remove").first.click()
    expect(page.get_by_text("The way to sign in was removed.")).to_be_visible()
    page.get_by_role("button", name="Remove").first.click()
    expect(page.get_by_text("This is the only way to sign in to your account.")).to_be_visible()
