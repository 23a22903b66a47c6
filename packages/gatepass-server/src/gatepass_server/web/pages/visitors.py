"""Who is in front of the browser, and whether a page of ours sent the request."""

from flask import Response, request

from gatepass_server.accounts.browser_accounts import Account, BrowserAccounts, BrowserState, SignedIn
from gatepass_server.web import csrf
from gatepass_server.web.body import FORMS, read_fields
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.csrf import OwnOrigin


class Visitors:
    """What pages ask of a request, and the cookies that they answer with.

    Args:
        accounts: tells who is signed in.
        cookie: reads and gives cookies.
        origin: of our own pages.
        max_age: seconds that the cookie of the accounts that wait is kept.
    """

    def __init__(
        self, accounts: BrowserAccounts, cookie: SessionCookie, origin: OwnOrigin, *, max_age: int
    ) -> None:
        self._accounts = accounts
        self._cookie = cookie
        self._origin = origin
        self._max_age = max_age

    def state(self) -> BrowserState:
        """Who is signed in at this browser."""
        return self._accounts.state(self._cookie.presented(), self._cookie.others())

    def demand_own_page(self, account: Account | None) -> None:
        """Demand that a page of ours sent the form; who is signed in proves it by ``csrf_token``, too.

        Raises:
            CsrfFailed: another site may have, or the page is older than the sign-in.
        """
        self._origin.demand()
        if account is not None:
            given = read_fields(request, (csrf.FIELD,))[csrf.FIELD] if request.mimetype in FORMS else None
            account.cookie.demand_proof(given)

    def welcome(self, response: Response, signed_in: SignedIn, *, now: int) -> Response:
        """Give the browser the cookies of a sign-in."""
        session = signed_in.logged_in.session
        self._cookie.give(response, signed_in.cookie, max_age=session.expires_at - now)
        self._cookie.give_others(response, signed_in.others, max_age=self._max_age)
        return response

    def settle(self, response: Response, state: BrowserState, *, now: int) -> Response:
        """Give the browser the cookies of ``state``; where nobody is the current one, that cookie is taken back."""
        if state.current is None:
            self._cookie.take_back(response)
        else:
            expires_at = state.current.live.session.expires_at
            self._cookie.give(response, state.current.cookie, max_age=expires_at - now)
        others = [account.cookie for account in state.others]
        self._cookie.give_others(response, others, max_age=self._max_age)
        return response
