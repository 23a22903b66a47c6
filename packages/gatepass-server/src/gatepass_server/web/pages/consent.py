"""``/consent``: what a program may do, asked of the person whose account it is."""

from flask import Response, request

from gatepass_server.domain.oauth1 import OUT_OF_BAND
from gatepass_server.web.body import read_fields
from gatepass_server.web.headers import client_address
from gatepass_server.web.pages.carried import FIELDS, carried, from_address
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.scope_words import in_words
from gatepass_server.web.pages.steps import Steps
from gatepass_server.web.pages.visitors import Visitors

PATH = "/consent"
ALLOW = "allow"


class ConsentPage:
    """Where people allow or refuse what a program asks for."""

    def __init__(self, pages: Pages, visitors: Visitors, steps: Steps, *, trusted_proxies: int) -> None:
        self._pages = pages
        self._visitors = visitors
        self._steps = steps
        self._trusted_proxies = trusted_proxies

    def get(self) -> Response:
        """200 with the question; 303 back where nobody is signed in."""
        carried = from_address()
        flow = self._steps.demand(carried)
        account = self._visitors.state().current
        if account is None:
            return self._steps.on(carried)
        return self._pages.show(
            "consent.html",
            carried=carried.as_parameters,
            user=account.live.user,
            scopes=in_words(flow.scopes),
            resources=flow.resources,
            is_offline=flow.is_offline,
            is_typed=flow.redirect_uri == OUT_OF_BAND,
            csrf_token=account.cookie.csrf_token.reveal(),
            **self._pages.of_flow(flow),
        )

    def post(self) -> Response:
        """303 onwards. Whatever is not the button that allows is a refusal."""
        account = self._visitors.state().current
        self._visitors.demand_own_page(account)
        fields = read_fields(request, ("answer", *FIELDS))
        handed_on = carried(*(fields[name] for name in FIELDS))
        self._steps.demand(handed_on)
        if account is None:
            return self._steps.on(handed_on)
        if fields["answer"] != ALLOW:
            return self._steps.denied(handed_on)
        return self._steps.allowed(handed_on, account.live, address=client_address(self._trusted_proxies))
