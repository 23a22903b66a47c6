"""Authorization requests of the house, as pages see them."""

from gatepass_server.protocol.flows import Flows, is_of_oauth1
from gatepass_server.store.ports import LiveSession
from gatepass_server.web.pages.flow_view import FlowView
from gatepass_server.web.pages.program_view import program_view


class HouseFlows:
    """The port of the pages, on the protocol's own flows."""

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    def find(self, handle: str) -> FlowView:
        """See ``flow_view.Flows.find``."""
        request = self._flows.find(handle).request
        client = request.client
        return FlowView(
            program=program_view(client, client.id, request.to.redirect_uri),
            redirect_uri=request.to.redirect_uri,
            scopes=request.approved,
            login_hint=request.login_hint,
            ui_locales=" ".join(request.ui_locales),
            is_offline=request.is_offline,
            resources=request.resources,
            max_age=0 if "login" in request.prompts else request.max_age,
        )

    def leads_to(self, handle: str) -> str:
        """See ``flow_view.Flows.leads_to``."""
        return "/oauth1/authorize" if is_of_oauth1(handle) else "/oauth2/authorize"

    def note_authenticated(self, handle: str, session_id: str, *, created: bool = False) -> None:
        """See ``flow_view.Flows.note_authenticated``."""
        self._flows.note_authenticated(handle, session_id, created=created)

    def note_selected(self, handle: str, session_id: str) -> None:
        """See ``flow_view.Flows.note_selected``."""
        self._flows.note_selected(handle, session_id)

    def note_consented(
        self, handle: str, live: LiveSession, *, address: str = "", request_id: str = ""
    ) -> None:
        """See ``flow_view.Flows.note_consented``."""
        self._flows.note_consented(handle, live, address=address, request_id=request_id)

    def note_denied(self, handle: str) -> None:
        """See ``flow_view.Flows.note_denied``."""
        self._flows.note_denied(handle)
