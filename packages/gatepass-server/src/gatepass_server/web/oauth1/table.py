"""Every address of OAuth 1.0a on one screen."""

from functools import partial

from gatepass_server.bootstrap import Gatepass
from gatepass_server.protocol.oauth1.provider import Oauth1
from gatepass_server.web.bridge import Bridge
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.oauth1 import authorize
from gatepass_server.web.oauth1.endpoints import signed_routes
from gatepass_server.web.pages.out_of_band import out_of_band_page
from gatepass_server.web.pages.table import PageTable
from gatepass_server.web.route import Route
from gatepass_server.web.signed_in import SignedIn


def table(gatepass: Gatepass, provider: Oauth1, pages: PageTable, bridge: Bridge) -> list[Route]:
    """The rows."""
    settings = gatepass.settings
    issuer = settings.public_issuer
    entry = authorize.AuthorizeEndpoint(
        provider.authorize,
        bridge,
        OwnOrigin(issuer),
        base=issuer.rstrip("/"),
        browser=SignedIn(gatepass.browser_accounts, SessionCookie(issuer)),
        out_of_band=partial(out_of_band_page, pages.pages),
        refused=pages.authorization.refused,
    )
    ask = pages.troubles.guard(entry.view)
    return [
        Route("GET", authorize.PATH, "oauth1_authorize", ask, authorize.AUTHORIZE),
        Route("POST", authorize.PATH, "oauth1_authorize_by_post", ask, authorize.AUTHORIZE),
        *signed_routes(provider, issuer=issuer, trusted_proxies=settings.trusted_proxies),
    ]
