"""The flow that a page is a step of, and the way on from there."""

from flask import Response

from gatepass_server.domain.errors import GatepassError
from gatepass_server.store.ports import LiveSession
from gatepass_server.web.headers import request_id
from gatepass_server.web.pages.carried import Carried
from gatepass_server.web.pages.flow_view import Flows, FlowView
from gatepass_server.web.pages.rendering import Pages

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
            FlowGone: one is carried that is over.
        """
        return self.demand(carried) if carried.flow else None

    def demand(self, carried: Carried) -> FlowView:
        """The flow that must be carried.

        Raises:
            FlowGone: there is none, or it is over.
        """
        try:
            return self._flows.find(carried.flow)
        except GatepassError as error:
            raise FlowGone(error.message, reason=error.reason) from None

    def signed_in(self, carried: Carried, session_id: str, *, created: bool = False) -> Response:
        """303 to what comes after a sign-in."""
        if carried.flow:
            self._flows.note_authenticated(carried.flow, session_id, created=created)
        return self.on(carried)

    def selected(self, carried: Carried, session_id: str) -> Response:
        """303 to what comes after the choice of an account."""
        if carried.flow:
            self._flows.note_selected(carried.flow, session_id)
        return self.on(carried)

    def allowed(self, carried: Carried, live: LiveSession, *, address: str) -> Response:
        """303 to what comes after a consent."""
        self._flows.note_consented(carried.flow, live, address=address, request_id=request_id())
        return self.on(carried)

    def denied(self, carried: Carried) -> Response:
        """303 to what comes after a refusal."""
        self._flows.note_denied(carried.flow)
        return self.on(carried)

    def on(self, carried: Carried) -> Response:
        """303 to where the next step is decided; without a flow, to where the visitor wanted to go."""
        if carried.flow:
            return self._pages.go(self._flows.leads_to(carried.flow), flow=carried.flow)
        return self._pages.go_to(carried.next) if carried.next else self._pages.go(HOME)
