"""Every page, and the way to it: for the pictures, and for the tests that look at all pages."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.support.house import House, cheap_settings
from tests.support.server import free_port

EMAIL, PASSWORD = "ada@example.com", "one fine long password"
CHANGE = "another fine long password"


class Town:
    """A house on this machine with people in it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        settings = cheap_settings(f"sqlite:///{folder / 'town.db'}", folder / "data", issuer=self.url)
        self._house = House(settings, time.time)
        self.app = self._house.app
        for name, email in (("Ada Lovelace", EMAIL), ("王小明", "xiaoming@example.com")):
            self._house.sign_up(email, PASSWORD, name)

    def close(self) -> None:
        """Close the database."""
        self._house.gatepass.close()


@dataclass(frozen=True)
class Scene:
    """A page, and how a visitor gets there."""

    name: str
    play: Callable[[Page, Town], None]


def sign_in(page: Page, town: Town, email: str = EMAIL) -> None:
    page.goto(f"{town.url}/sign-in?account=another")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("button.primary").click()


def _visit(path: str) -> Callable[[Page, Town], None]:
    return lambda page, town: _ignore(page.goto(town.url + path))


def _signed_in(path: str) -> Callable[[Page, Town], None]:
    def play(page: Page, town: Town) -> None:
        sign_in(page, town)
        page.goto(town.url + path)

    return play


def _ignore(_: object) -> None:
    """What a page was answered with."""


def _send(path: str, **fields: str) -> Callable[[Page, Town], None]:
    """Fill a form of a page, and send it."""

    def play(page: Page, town: Town) -> None:
        page.goto(town.url + path)
        for name, text in fields.items():
            page.locator(f"[name={name}]").fill(text)
        with page.expect_navigation():
            page.locator("button.primary").first.click()

    return play


def _wrong_name(page: Page, town: Town) -> None:
    sign_in(page, town)
    _send("/account", name=" ")(page, town)


def _changed_name(page: Page, town: Town) -> None:
    sign_in(page, town)
    _send("/account", name="Ada Lovelace")(page, town)


def _wrong_new_password(page: Page, town: Town) -> None:
    sign_in(page, town)
    _send("/account/password", current_password=PASSWORD, new_password="short")(page, town)


def _two_accounts(path: str) -> Callable[[Page, Town], None]:
    def play(page: Page, town: Town) -> None:
        sign_in(page, town)
        sign_in(page, town, "xiaoming@example.com")
        page.goto(town.url + path)

    return play


def _signed_out(page: Page, town: Town) -> None:
    sign_in(page, town)
    _send("/sign-out")(page, town)


def _signed_out_of_one(page: Page, town: Town) -> None:
    _two_accounts("/sign-out")(page, town)
    with page.expect_navigation():
        page.locator("button.primary").click()


SCENES = (
    Scene("sign-in", _visit("/sign-in")),
    Scene("sign-in-wrong", _send("/sign-in", email="nobody@example.com", password="wrong")),
    Scene("sign-in-empty", _send("/sign-in")),
    Scene("sign-in-another", _two_accounts("/sign-in?account=another")),
    Scene("sign-up", _visit("/sign-up")),
    Scene("sign-up-faults", _send("/sign-up", name="Ada", email="ada@example", password="password")),
    Scene("sign-up-taken", _send("/sign-up", name="Ada", email=EMAIL, password=PASSWORD)),
    Scene("sign-out", _signed_in("/sign-out")),
    Scene("sign-out-several", _two_accounts("/sign-out")),
    Scene("signed-out", _signed_out),
    Scene("signed-out-of-one", _signed_out_of_one),
    Scene("choose-account", _two_accounts("/choose-account")),
    Scene("account", _signed_in("/account")),
    Scene("account-changed", _changed_name),
    Scene("account-fault", _wrong_name),
    Scene("account-password", _signed_in("/account/password")),
    Scene("account-password-fault", _wrong_new_password),
    Scene("account-sessions", _signed_in("/account/sessions")),
    Scene("account-apps-none", _signed_in("/account/applications")),
    Scene("no-such-page", _visit("/no-such-page")),
    Scene("expired", _visit("/sign-in?flow=gp_fl_old")),
)
