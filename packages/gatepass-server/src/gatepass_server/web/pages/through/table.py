"""The pages of signing in through other houses; none where the settings name no house."""

from gatepass_server.bootstrap import Gatepass
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.pages.account import identities
from gatepass_server.web.pages.account.frame import AccountFrame
from gatepass_server.web.pages.page_route import PageRoute
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.steps import Steps
from gatepass_server.web.pages.through.back import BackView
from gatepass_server.web.pages.through.doors import PATH, Door
from gatepass_server.web.pages.through.finish import FinishPage
from gatepass_server.web.pages.through.there import ThereView
from gatepass_server.web.pages.through.troubles import ThroughTroubles
from gatepass_server.web.pages.visitors import Visitors
from gatepass_server.web.through_cookie import ThroughCookie


def through_routes(
    gatepass: Gatepass, pages: Pages, visitors: Visitors, steps: Steps, doors: tuple[Door, ...]
) -> list[PageRoute]:
    """The table."""
    if not doors:
        return []
    issuer, proxies = gatepass.settings.public_issuer, gatepass.settings.trusted_proxies
    upstreams, accounts, clock = gatepass.upstreams, gatepass.browser_accounts, gatepass.clock
    cookie = ThroughCookie(issuer)
    told = ThroughTroubles(pages, doors)
    there = ThereView(pages, steps, upstreams.journey, told, cookie, OwnOrigin(issuer))
    back = BackView(pages, visitors, steps, accounts, upstreams, told, cookie, clock, trusted_proxies=proxies)
    finish = FinishPage(pages, visitors, steps, accounts, upstreams, told, back, cookie, doors, clock)
    frame = AccountFrame(pages, visitors, has_doors=True)
    own = identities.IdentitiesPage(
        frame,
        pages,
        visitors,
        accounts,
        upstreams,
        told,
        doors,
        cookie,
        clock,
        trusted_proxies=proxies,
        directory=gatepass.settings.ldap_name if gatepass.settings.ldap_url else "",
    )
    one = f"{PATH}/<name>"
    return [
        PageRoute("GET", one, "through_there", there.get),
        PageRoute("GET", f"{one}/callback", "through_back", back.get),
        PageRoute("POST", f"{one}/callback", "through_back_by_post", back.post),
        PageRoute("GET", f"{one}/finish", "through_finish_page", finish.get),
        PageRoute("POST", f"{one}/finish", "through_finish_form", finish.post),
        PageRoute(
            "GET", identities.PATH, "account_identities_page", frame.for_owner(identities.PATH, own.get)
        ),
        PageRoute(
            "POST", identities.PATH, "account_identities_form", frame.for_owner(identities.PATH, own.post)
        ),
    ]
