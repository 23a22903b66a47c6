"""An authorization request that waits for its person, as pages see it."""

from dataclasses import dataclass
from typing import Protocol

from gatepass_server.store.ports import LiveSession
from gatepass_server.web.pages.program_view import ProgramView


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowView:
    """A step of a flow, as a page needs it.

    Attributes:
        program: Who asks.
        redirect_uri: Where the answer goes: forms may lead there.
        scopes: What it asks for.
        login_hint: Who is expected.
        ui_locales: Languages, the best first, separated by spaces.
        is_offline: Whether the access is to outlive the sign-in.
        resources: The addresses of the APIs where its tokens are to be good.
        max_age: How many seconds ago the person may have proved who they are; 0 is anew. None where it does not matter.
    """

    program: ProgramView
    redirect_uri: str
    scopes: tuple[str, ...] = ()
    login_hint: str = ""
    ui_locales: str = ""
    is_offline: bool = False
    resources: tuple[str, ...] = ()
    max_age: int | None = None


class Flows(Protocol):
    """What pages ask of flows; ``handle`` is what they carry.

    Every method raises a ``GatepassError`` where no such flow waits.
    """

    def find(self, handle: str) -> FlowView:
        """The flow."""
        ...

    def leads_to(self, handle: str) -> str:
        """The address at which the next step of the flow is decided."""
        ...

    def note_authenticated(self, handle: str, session_id: str, *, created: bool = False) -> None:
        """The person has signed in for it, with ``created`` by making an account."""
        ...

    def note_selected(self, handle: str, session_id: str) -> None:
        """The person has chosen this session for it."""
        ...

    def note_consented(
        self, handle: str, live: LiveSession, *, address: str = "", request_id: str = ""
    ) -> None:
        """The owner of the session has allowed what it asks for."""
        ...

    def note_denied(self, handle: str) -> None:
        """The person has refused."""
        ...
