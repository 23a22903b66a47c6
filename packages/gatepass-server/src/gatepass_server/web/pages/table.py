"""Every page on one screen."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from gatepass_server.bootstrap import Gatepass
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.pages import assets, sign_in, sign_out, sign_up
from gatepass_server.web.pages.brand import Brand, read_logo
from gatepass_server.web.pages.flow_view import NoFlows
from gatepass_server.web.pages.links import Links
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.steps import Steps
from gatepass_server.web.pages.troubles import TroublePages
from gatepass_server.web.pages.visitors import Visitors


@dataclass(frozen=True, slots=True)
class PageRoute:
    """One method at one address, and the view that answers it."""

    method: str
    path: str
    name: str
    view: Callable[..., Response]


@dataclass(frozen=True, slots=True)
class PageTable:
    """The pages of the house, and those for what goes wrong."""

    routes: list[PageRoute]
    troubles: TroublePages


def page_table(gatepass: Gatepass) -> PageTable:
    """The table of the pages.

    Raises:
        OperatorError: the logo cannot be read.
    """
    settings = gatepass.settings
    issuer, proxies = settings.public_issuer, settings.trusted_proxies
    links = Links(issuer)
    brand = Brand(settings.brand_name, settings.brand_color, read_logo(settings.brand_logo))
    static = assets.Assets(links, brand.logo)
    pages = Pages(brand, static, links, secure=issuer.startswith("https://"))
    troubles = TroublePages(pages)
    steps = Steps(pages, NoFlows())
    accounts = gatepass.browser_accounts
    visitors = Visitors(accounts, SessionCookie(issuer), OwnOrigin(issuer), max_age=settings.session_ttl)
    entry = sign_in.SignInPage(pages, visitors, steps, accounts, gatepass.clock, trusted_proxies=proxies)
    new = sign_up.SignUpPage(
        pages,
        visitors,
        steps,
        gatepass.sign_up,
        accounts,
        gatepass.policy,
        gatepass.clock,
        trusted_proxies=proxies,
    )
    end = sign_out.SignOutPage(pages, visitors, gatepass.log_out, gatepass.clock, trusted_proxies=proxies)
    table = [
        PageRoute("GET", sign_in.PATH, "sign_in_page", entry.get),
        PageRoute("POST", sign_in.PATH, "sign_in_form", entry.post),
        PageRoute("GET", sign_up.PATH, "sign_up_page", new.get),
        PageRoute("POST", sign_up.PATH, "sign_up_form", new.post),
        PageRoute("GET", sign_out.PATH, "sign_out_page", end.get),
        PageRoute("POST", sign_out.PATH, "sign_out_form", end.post),
    ]
    guarded = [PageRoute(r.method, r.path, r.name, troubles.guard(r.view)) for r in table]
    return PageTable(
        [*guarded, PageRoute("GET", f"{assets.PATH}/<name>", "asset", static.get)], troubles
    )
