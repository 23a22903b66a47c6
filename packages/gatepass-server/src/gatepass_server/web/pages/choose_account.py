"""``/choose-account``: which of the accounts of this browser."""

from flask import Response, request

from gatepass_server.accounts.browser_accounts import BrowserState
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.web.body import read_fields
from gatepass_server.web.pages.carried import FIELDS, Carried, carried, from_address
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.steps import Steps
from gatepass_server.web.pages.visitors import Visitors

PATH = "/choose-account"


class ChooseAccountPage:
    """Where people choose one of the accounts that they are signed in with."""

    def __init__(self, pages: Pages, visitors: Visitors, steps: Steps, clock: Clock) -> None:
        self._pages = pages
        self._visitors = visitors
        self._steps = steps
        self._clock = clock

    def get(self) -> Response:
        """200 with the accounts; 303 to the sign-in where there are none."""
        return self._show(from_address(), self._visitors.state())

    def post(self) -> Response:
        """303 onwards, with the cookie of the account that was chosen."""
        state = self._visitors.state()
        self._visitors.demand_own_page(state.all[0] if state.all else None)
        fields = read_fields(request, ("person", *FIELDS))
        handed_on = carried(*(fields[name] for name in FIELDS))
        self._steps.find(handed_on)
        chosen = state.chosen(fields["person"] or "")
        if chosen is None or chosen.current is None:
            return self._show(handed_on, state)
        answer = self._steps.selected(handed_on, chosen.current.live.session.id)
        return self._visitors.settle(answer, chosen, now=whole_seconds(self._clock))

    def _show(self, carried: Carried, state: BrowserState) -> Response:
        flow = self._steps.find(carried)
        if not state.all:
            return self._pages.go("/sign-in", **carried.as_parameters)
        return self._pages.show(
            "choose_account.html",
            carried=carried.as_parameters,
            state=state,
            csrf_token=state.all[0].cookie.csrf_token.reveal(),
            **self._pages.of_flow(flow),
        )
