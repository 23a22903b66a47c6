"""Every page on one screen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gatepass_server.bootstrap import Gatepass
from gatepass_server.domain.upstreams import Upstream
from gatepass_server.settings.logo import Logo, read_logo
from gatepass_server.store.ports import LiveSession
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.pages import assets, choose_account, consent, device, sign_in, sign_out, sign_up
from gatepass_server.web.pages.account import applications, password, profile, sessions
from gatepass_server.web.pages.account.frame import AccountFrame
from gatepass_server.web.pages.authorization import AuthorizationPages
from gatepass_server.web.pages.brand import Brand
from gatepass_server.web.pages.house_devices import HouseDevices
from gatepass_server.web.pages.house_flows import HouseFlows
from gatepass_server.web.pages.leaving import LeavingPages
from gatepass_server.web.pages.links import Links
from gatepass_server.web.pages.no_flows import NoFlows
from gatepass_server.web.pages.page_route import PageRoute
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.steps import Steps
from gatepass_server.web.pages.through.doors import Door, doors_of
from gatepass_server.web.pages.through.table import through_routes
from gatepass_server.web.pages.troubles import TroublePages
from gatepass_server.web.pages.visitors import Visitors


@dataclass(frozen=True, slots=True)
class PageTable:
    """The pages of the house, and those for what goes wrong."""

    routes: list[PageRoute]
    pages: Pages
    troubles: TroublePages
    authorization: AuthorizationPages
    leaving: LeavingPages


def page_table(gatepass: Gatepass) -> PageTable:
    """The table of the pages.

    Raises:
        OperatorError: the logo cannot be read.
    """
    settings = gatepass.settings
    issuer, proxies = settings.public_issuer, settings.trusted_proxies
    links = Links(issuer)
    brand = Brand(settings.brand_name, settings.brand_color, read_logo(settings.brand_logo))
    doors, logos = _doors(settings.upstream)
    static = assets.Assets(links, brand.logo, logos)
    pages = Pages(brand, static, links, secure=issuer.startswith("https://"))
    troubles = TroublePages(pages)
    provider = gatepass.provider
    steps = Steps(pages, NoFlows() if provider is None else HouseFlows(provider.flows))
    accounts = gatepass.browser_accounts
    cookie = SessionCookie(issuer)
    visitors = Visitors(accounts, cookie, OwnOrigin(issuer), max_age=settings.session_ttl)
    entry = sign_in.SignInPage(
        pages,
        visitors,
        steps,
        accounts,
        gatepass.clock,
        trusted_proxies=proxies,
        doors=doors,
        by_name=settings.ldap_url != "" and settings.ldap_login_attributes != settings.ldap_email_attribute,
    )
    new = sign_up.SignUpPage(
        pages,
        visitors,
        steps,
        gatepass.sign_up,
        accounts,
        gatepass.policy,
        gatepass.clock,
        trusted_proxies=proxies,
        doors=doors,
    )
    end = sign_out.SignOutPage(pages, visitors, _leave(gatepass), gatepass.clock, trusted_proxies=proxies)
    choice = choose_account.ChooseAccountPage(pages, visitors, steps, gatepass.clock)
    asking = consent.ConsentPage(pages, visitors, steps, trusted_proxies=proxies)
    table = [
        PageRoute("GET", sign_in.PATH, "sign_in_page", entry.get),
        PageRoute("POST", sign_in.PATH, "sign_in_form", entry.post),
        PageRoute("GET", sign_up.PATH, "sign_up_page", new.get),
        PageRoute("POST", sign_up.PATH, "sign_up_form", new.post),
        PageRoute("GET", sign_out.PATH, "sign_out_page", end.get),
        PageRoute("POST", sign_out.PATH, "sign_out_form", end.post),
        PageRoute("GET", choose_account.PATH, "choose_account_page", choice.get),
        PageRoute("POST", choose_account.PATH, "choose_account_form", choice.post),
        PageRoute("GET", consent.PATH, "consent_page", asking.get),
        PageRoute("POST", consent.PATH, "consent_form", asking.post),
        *_devices(gatepass, pages, visitors),
        *_account(gatepass, AccountFrame(pages, visitors, has_doors=bool(doors)), cookie),
        *through_routes(gatepass, pages, visitors, steps, doors),
    ]
    guarded = [PageRoute(r.method, r.path, r.name, troubles.guard(r.view)) for r in table]
    return PageTable(
        [*guarded, PageRoute("GET", f"{assets.PATH}/<name>", "asset", static.get)],
        pages,
        troubles,
        AuthorizationPages(pages, troubles),
        LeavingPages(pages),
    )


def _doors(upstreams: Mapping[str, Upstream]) -> tuple[tuple[Door, ...], dict[str, Logo]]:
    """The buttons of other houses, and their pictures by the names of the assets."""
    logos: dict[str, Logo] = {}
    named: dict[str, str] = {}
    for name, upstream in upstreams.items():
        logo = read_logo(upstream.logo, setting=f"upstream.{name}.logo")
        if logo is not None:
            named[name] = f"through-{name}{logo.suffix}"
            logos[named[name]] = logo
    return doors_of(upstreams, named), logos


def _devices(gatepass: Gatepass, pages: Pages, visitors: Visitors) -> list[PageRoute]:
    if gatepass.provider is None:
        return []
    devices = HouseDevices(gatepass.provider.devices)
    page = device.DevicePage(pages, visitors, devices, trusted_proxies=gatepass.settings.trusted_proxies)
    return [
        PageRoute("GET", device.PATH, "device_page", page.get),
        PageRoute("POST", device.PATH, "device_form", page.post),
    ]


def _account(gatepass: Gatepass, frame: AccountFrame, cookie: SessionCookie) -> list[PageRoute]:
    proxies = gatepass.settings.trusted_proxies
    own = profile.ProfilePage(frame, gatepass.change_name, trusted_proxies=proxies)
    secret = password.PasswordPage(
        frame,
        gatepass.change_password,
        gatepass.set_password,
        cookie,
        gatepass.clock,
        trusted_proxies=proxies,
    )
    sign_ins = sessions.SessionsPage(frame, gatepass.session_list, gatepass.log_out, trusted_proxies=proxies)
    programs = applications.ApplicationsPage(frame, gatepass.applications, trusted_proxies=proxies)
    pages = (
        (profile.PATH, "account", own.get, own.post),
        (password.PATH, "account_password", secret.get, secret.post),
        (sessions.PATH, "account_sessions", sign_ins.get, sign_ins.post),
        (applications.PATH, "account_applications", programs.get, programs.post),
    )
    return [
        PageRoute(method, path, f"{name}_{kind}", frame.for_owner(path, view))
        for path, name, get, post in pages
        for method, kind, view in (("GET", "page", get), ("POST", "form", post))
    ]


def _leave(gatepass: Gatepass) -> Callable[..., Sequence[str]]:
    """Ends a sign-in. Where no program can be signed in to, there is nothing to tell in frames."""
    if gatepass.provider is not None:
        return gatepass.provider.leaving

    def leave(live: LiveSession, **origin: str) -> Sequence[str]:
        gatepass.log_out.current(live, **origin)
        return ()

    return leave
