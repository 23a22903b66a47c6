"""``/sign-out``: asked for once more, then done."""

from collections.abc import Callable, Sequence

from flask import Response, request

from gatepass_server.accounts.browser_accounts import BrowserState
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.protocol.log_out.front_channel import origins_of
from gatepass_server.web.body import read_fields
from gatepass_server.web.headers import client_address, request_id
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.visitors import Visitors

PATH = "/sign-out"
EVERYBODY = "everybody"


class SignOutPage:
    """Where people sign out of this browser.

    Args:
        leave: ends a sign-in; gives what the page loads in frames, so that programs hear of it in the browser.
    """

    def __init__(
        self,
        pages: Pages,
        visitors: Visitors,
        leave: Callable[..., Sequence[str]],
        clock: Clock,
        *,
        trusted_proxies: int,
    ) -> None:
        self._pages = pages
        self._visitors = visitors
        self._leave = leave
        self._clock = clock
        self._trusted_proxies = trusted_proxies

    def get(self) -> Response:
        """200 with the question, or the news that nobody is signed in."""
        state = self._visitors.state()
        if state.current is None:
            return self._pages.show("signed_out.html", state=state, frames=())
        return self._pages.show(
            "sign_out.html", state=state, csrf_token=state.current.cookie.csrf_token.reveal()
        )

    def post(self) -> Response:
        """200: the session has ended, or those of everybody in this browser."""
        state = self._visitors.state()
        self._visitors.demand_own_page(state.current)
        all_of_them = read_fields(request, ("who",))["who"] == EVERYBODY
        leaving = state.all if all_of_them else state.all[:1] if state.current else ()
        frames: list[str] = []
        for account in leaving:
            frames += self._leave(
                account.live, address=client_address(self._trusted_proxies), request_id=request_id()
            )
        left = BrowserState(None, tuple(other for other in state.others if other not in leaving))
        answer = self._pages.show(
            "signed_out.html", state=left, frames=frames, frames_from=origins_of(frames)
        )
        return self._visitors.settle(answer, left, now=whole_seconds(self._clock))
