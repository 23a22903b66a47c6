"""Every page, and the way to it: for the pictures, and for the tests that look at all pages."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from msgspec import structs
from playwright.sync_api import Page

from gatepass_server.domain.clients import ClientMetadata
from tests.support.house import House, cheap_settings
from tests.support.old_program import USUAL as OF_OAUTH1
from tests.support.old_program import OldProgram
from tests.support.other_house import oauth2_settings, openid_settings, other_house
from tests.support.relying_party import RelyingParty
from tests.support.server import free_port
from tests.support.television import Television

EMAIL, PASSWORD = "ada@example.com", "one fine long password"
CHANGE = "another fine long password"


class Town:
    """A house on this machine with people in it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._away = ExitStack()
        self.other = self._away.enter_context(other_house(time.time))
        upstream = {
            "corp": openid_settings(self.other, label="Example Corp"),
            "hub": oauth2_settings(self.other, label="Hub", issuer="https://hub.example"),
        }
        settings = cheap_settings(
            f"sqlite:///{folder / 'town.db'}",
            folder / "data",
            issuer=self.url,
            upstream=upstream,
            oauth1=True,
        )
        self._house = House(settings, time.time)
        self.app = self._house.app
        for name, email in (("Ada Lovelace", EMAIL), ("王小明", "xiaoming@example.com")):
            self._house.sign_up(email, PASSWORD, name)
        usual = ClientMetadata(
            redirect_uris=("https://orders.example.com/callback",),
            grant_types=("authorization_code", "refresh_token"),
            scope="openid profile email",
        )
        self.orders = RelyingParty.of(self._house, usual, name="Orders")
        much = ClientMetadata(
            redirect_uris=("com.example.studio:/signed-in",),
            grant_types=("authorization_code", "refresh_token"),
            scope="openid profile email groups offline_access account reports:read",
            application_type="native",
            token_endpoint_auth_method="none",
            accent_color="#8a1538",
            policy_uri="https://studio.example.com/privacy",
            tos_uri="https://studio.example.com/terms",
            names={"zh": "远山设计工作室"},
        )
        self.studio = RelyingParty.of(self._house, much, name="Far Hills Design Studio for Teams")

        typed = structs.replace(OF_OAUTH1, redirect_uris=("oob",))
        self.terminal = OldProgram.of(self._house, typed)
        self.television = Television.of(self._house)

    def app_at(self, callback: str) -> RelyingParty:
        """One more app."""
        usual = self.orders.client.metadata
        return RelyingParty.of(self._house, structs.replace(usual, redirect_uris=(callback,)), name="Local")

    def asks(self, app: RelyingParty, **changed: str | None) -> str:
        """The address that an app sends people to."""
        return f"{self.url}/oauth2/authorize?{urlencode(app.parameters(**changed))}"

    def close(self) -> None:
        """Close the database."""
        self._house.gatepass.close()
        self._away.close()


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


def _asked_by_orders(page: Page, town: Town) -> None:
    page.goto(town.asks(town.orders))


def _consent_to_orders(page: Page, town: Town) -> None:
    sign_in(page, town)
    page.goto(town.asks(town.orders, prompt="consent"))


def _consent_to_studio(page: Page, town: Town) -> None:
    sign_in(page, town, "xiaoming@example.com")
    page.goto(town.asks(town.studio, scope=town.studio.client.metadata.scope))


def _choice_for_orders(page: Page, town: Town) -> None:
    sign_in(page, town)
    sign_in(page, town, "xiaoming@example.com")
    page.goto(town.asks(town.orders, prompt="select_account"))


def _form_post(page: Page, town: Town) -> None:
    """Without the script, with which the page would be gone in a moment."""
    page.route("**/submit.*.js", lambda route: route.abort())
    sign_in(page, town)
    page.goto(town.asks(town.orders, prompt="consent", response_mode="form_post"))
    with page.expect_navigation():
        page.locator("button.primary").click()


def _unknown_device(page: Page, town: Town) -> None:
    sign_in(page, town)
    _send("/device", user_code="BCDF-GHJK")(page, town)


def _device(page: Page, town: Town) -> None:
    sign_in(page, town)
    _send(f"/device?user_code={town.television.begin()['user_code']}")(page, town)


def _let_in_device(page: Page, town: Town) -> None:
    _device(page, town)
    with page.expect_navigation():
        page.locator("button.primary").click()


def _asked_out_of_band(page: Page, town: Town) -> None:
    sign_in(page, town)
    page.goto(f"{town.url}/oauth1/authorize?oauth_token={town.terminal.initiate('oob').token}")


def _verifier(page: Page, town: Town) -> None:
    _asked_out_of_band(page, town)
    with page.expect_navigation():
        page.locator("button.primary").click()


def _refused_out_of_band(page: Page, town: Town) -> None:
    _asked_out_of_band(page, town)
    with page.expect_navigation():
        page.locator("button.quiet").last.click()


def _leave(page: Page, town: Town) -> None:
    sign_in(page, town)
    page.goto(f"{town.url}/oauth2/logout?{urlencode({'client_id': town.orders.id})}")


def _left(page: Page, town: Town) -> None:
    _leave(page, town)
    with page.expect_navigation():
        page.locator("button.primary").click()


def _nobody_s_apps(page: Page, town: Town) -> None:
    sign_in(page, town, "xiaoming@example.com")
    page.goto(f"{town.url}/account/applications")


def _apps(page: Page, town: Town) -> None:
    _form_post(page, town)
    page.goto(f"{town.url}/account/applications")


def _through(**person: object) -> Callable[[Page, Town], None]:
    """Come back from another house, which says this."""

    def play(page: Page, town: Town) -> None:
        town.other.person = {"sub": "none", "preferred_username": "ada", **person}
        page.goto(f"{town.url}/sign-in")
        with page.expect_navigation():
            page.locator("a.door").first.click()

    return play


def _sent_back(page: Page, town: Town) -> None:
    page.goto(f"{town.url}/sign-in/through/corp/callback?state=forged&error=access_denied")


def _methods(page: Page, town: Town) -> None:
    _through(sub="lin", email="lin@example.com", email_verified=True, name="Lin")(page, town)
    page.goto(f"{town.url}/account/identities")


def _link(page: Page, town: Town) -> None:
    sign_in(page, town)
    town.other.person = {"sub": "ada at corp", "preferred_username": "ada.lovelace@corp.example"}
    page.goto(f"{town.url}/account/identities")
    page.get_by_role("button", name="Example Corp").click()
    page.wait_for_url("**/finish**")


def _first_password(page: Page, town: Town) -> None:
    _methods(page, town)
    page.goto(f"{town.url}/account/password")


def _wrong_request(page: Page, town: Town) -> None:
    page.goto(town.asks(town.orders, redirect_uri="https://elsewhere.example.com/"))


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
    Scene("account-apps-none", _nobody_s_apps),
    Scene("no-such-page", _visit("/no-such-page")),
    Scene("sign-in-for-app", _asked_by_orders),
    Scene("consent", _consent_to_orders),
    Scene("consent-out-of-band", _asked_out_of_band),
    Scene("verifier", _verifier),
    Scene("verifier-refused", _refused_out_of_band),
    Scene("consent-much", _consent_to_studio),
    Scene("choose-account-for-app", _choice_for_orders),
    Scene("form-post", _form_post),
    Scene("account-apps", _apps),
    Scene("wrong-request", _wrong_request),
    Scene("device", _signed_in("/device")),
    Scene("device-unknown", _unknown_device),
    Scene("device-confirm", _device),
    Scene("device-done", _let_in_device),
    Scene("leave", _leave),
    Scene("left", _left),
    Scene("expired", _visit("/sign-in?flow=gp_fl_old")),
    Scene("through-finish", _through(email="ada@corp.example", name="Ada")),
    Scene("through-known-address", _through(email=EMAIL, email_verified=True, name="Ada")),
    Scene("through-gone", _sent_back),
    Scene("through-link", _link),
    Scene("account-methods", _methods),
    Scene("account-first-password", _first_password),
)
