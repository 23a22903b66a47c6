"""Who is signed in in the browser that a request comes from."""

from flask import request

from gatepass_server.accounts.browser_accounts import BrowserAccounts
from gatepass_server.protocol.authorization.authorize import Browser
from gatepass_server.web.cookies import Cookies, SessionCookie


class SignedIn:
    """Looks the cookies up."""

    def __init__(self, accounts: BrowserAccounts, cookie: SessionCookie) -> None:
        self._accounts = accounts
        self._cookie = cookie

    def __call__(self) -> Browser:
        """The live session of the request's cookie, if there is one, and those that wait beside it."""
        return self.by(request.cookies)

    def by(self, cookies: Cookies) -> Browser:
        """The same, for these cookies."""
        state = self._accounts.state(self._cookie.among(cookies), self._cookie.others_among(cookies))
        return Browser(
            current=state.current.live if state.current else None,
            others=tuple(account.live for account in state.others),
        )
