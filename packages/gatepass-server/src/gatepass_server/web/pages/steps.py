"""The flow that a page is a step of, and the way on from there."""

from flask import Response

from gatepass_server.domain.errors import GatepassError
from gatepass_server.web.pages.carried import Carried
from gatepass_server.web.pages.flow_view import Flows, FlowView
from gatepass_server.web.pages.rendering import Pages

AUTHORIZE = "/oauth2/authorize"
HOME = "/account"


class FlowGone(GatepassError):
    """The parameter ``flow`` of a page names no authorization request that waits."""

    code = "unknown_flow"


class Steps:
    """Finds flows, and leads on: pages never lead to one another, but back to where the next step is decided."""

    def __init__(self, pages: Pages, flows: Flows) -> None:
        self._pages = pages
        self._flows = flows

    def find(self, carried: Carried) -> FlowView | None:
        """The flow that is carried; None where none is.

        Raises:
            FlowGone: one is carried that has ended.
        """
        if not carried.flow:
            return None
        flow = self._flows.find(carried.flow)
        if flow is None:
            raise FlowGone("The parameter flow names no authorization request that waits. Start a new one.")
        return flow

    def signed_in(self, carried: Carried, session_id: str) -> Response:
        """303 to what comes after a sign-in."""
        if carried.flow:
            self._flows.note_sign_in(carried.flow, session_id)
        return self.on(carried)

    def on(self, carried: Carried) -> Response:
        """303 to where the next step is decided; without a flow, to where the visitor wanted to go."""
        if carried.flow:
            return self._pages.go(AUTHORIZE, flow=carried.flow)
        return self._pages.go_to(carried.next) if carried.next else self._pages.go(HOME)
