"""``/sign-in/through/NAME``: off to another house."""

from flask import Response

from gatepass_server.domain.errors import CsrfFailed
from gatepass_server.domain.upstream_attempts import Errand
from gatepass_server.upstream.errors import Unavailable
from gatepass_server.upstream.journey import Journey
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.pages.carried import from_address
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.steps import Steps
from gatepass_server.web.pages.through.troubles import ThroughTroubles
from gatepass_server.web.query_argument import query_argument
from gatepass_server.web.through_cookie import ThroughCookie

AGAIN = "again"
"""With any value: the person must prove anew at the other house who they are."""


class ThereView:
    """Sends people away. It is a link and no form: what a form redirects to, a page's policy must name beforehand."""

    def __init__(
        self,
        pages: Pages,
        steps: Steps,
        journey: Journey,
        troubles: ThroughTroubles,
        cookie: ThroughCookie,
        origin: OwnOrigin,
    ) -> None:
        self._pages = pages
        self._steps = steps
        self._journey = journey
        self._troubles = troubles
        self._cookie = cookie
        self._origin = origin

    def get(self, name: str) -> Response:
        """303 to the other house; to ``/sign-in``, where another site has sent the browser here."""
        carried = from_address()
        try:
            self._origin.demand()
        except CsrfFailed:
            return self._pages.go("/sign-in", **carried.as_parameters)
        flow = self._steps.find(carried)
        max_age = 0 if query_argument(AGAIN) else flow.max_age if flow else None
        browser = self._cookie.of_this_browser()
        errand = Errand(flow=carried.flow, next=carried.next, another=carried.another, max_age=max_age)
        try:
            url = self._journey.begin(name, errand, browser)
        except Unavailable as error:
            return self._troubles.show(error, name, errand)
        return self._cookie.give(self._pages.go_to(url), browser)
