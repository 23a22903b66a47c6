"""Where no program may ask for a sign-in."""

from typing import NoReturn

from gatepass_server.domain.errors import NotFound
from gatepass_server.store.ports import LiveSession
from gatepass_server.web.pages.flow_view import FlowView


class NoFlows:
    """No request waits."""

    def find(self, handle: str) -> FlowView:
        """None."""
        _none(handle)

    def leads_to(self, handle: str) -> str:
        """Nowhere."""
        _none(handle)

    def note_authenticated(self, handle: str, session_id: str, *, created: bool = False) -> None:
        """None."""
        _none(handle, session_id, created)

    def note_selected(self, handle: str, session_id: str) -> None:
        """None."""
        _none(handle, session_id)

    def note_consented(
        self, handle: str, live: LiveSession, *, address: str = "", request_id: str = ""
    ) -> None:
        """None."""
        _none(handle, live, address, request_id)

    def note_denied(self, handle: str) -> None:
        """None."""
        _none(handle)


def _none(*_: object) -> NoReturn:
    raise NotFound("There is no such flow.")
