"""What happens next when a program asks for a log-out (OpenID Connect RP-Initiated Logout 1.0 section 2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from gatepass_server.domain.clients import Client
from gatepass_server.domain.secret import Secret
from gatepass_server.protocol.authorization.authorize import Browser
from gatepass_server.protocol.log_out.leaving import Leaving
from gatepass_server.protocol.log_out.requests import LogoutRequest, LogoutRequests
from gatepass_server.protocol.messages import Parameters, ProtocolRequest
from gatepass_server.store.ports import LiveSession


@dataclass(frozen=True, slots=True)
class MustConfirm:
    """The person must be asked first.

    Attributes:
        handle: Of the request, for the page's form.
        live: Who would be signed out.
        client: Who asks, where that is known.
        target: Where the form's answer leads.
    """

    handle: Secret
    live: LiveSession
    client: Client | None
    target: str
    ui_locales: str


@dataclass(frozen=True, slots=True)
class Left:
    """It is done.

    Attributes:
        ended: The sign-in that was ended; None where nobody was signed in.
        target: Where the browser goes now: checked. Empty: nowhere.
        frames: What a page loads before that, see ``frames_of``. Without any, no page is needed.
        client: Who asked, where that is known.
    """

    ended: LiveSession | None
    target: str
    frames: Sequence[str]
    client: Client | None
    ui_locales: str


class EndSession:
    """Decides, and ends."""

    def __init__(self, requests: LogoutRequests, leaving: Leaving) -> None:
        self._requests = requests
        self._leaving = leaving

    def begin(self, message: ProtocolRequest, parameters: Parameters, browser: Browser) -> MustConfirm | Left:
        """A request of a program.

        Raises:
            InvalidRequest: see ``LogoutRequests.read``.
        """
        asked = self._requests.read(parameters)
        live = self._known(asked, browser)
        if live is None and browser.current is not None:
            return self._ask(self._requests.keep(parameters), asked, browser.current)
        return self._leave(message, asked, live)

    def resume(self, message: ProtocolRequest, handle: str, browser: Browser) -> MustConfirm | Left:
        """A request that was kept, when the browser has come back with its cookies.

        Raises:
            InvalidRequest: see ``LogoutRequests.recall``.
        """
        asked = self._requests.recall(handle)
        live = self._known(asked, browser)
        if live is None and browser.current is not None:
            return self._ask(Secret(handle), asked, browser.current)
        return self._leave(message, asked, live)

    def confirmed(self, message: ProtocolRequest, handle: str, browser: Browser) -> Left:
        """A request that was kept, and that the person in front of the browser has confirmed on our page.

        Raises:
            InvalidRequest: see ``LogoutRequests.recall``.
        """
        return self._leave(message, self._requests.recall(handle), browser.current)

    def keep(self, parameters: Parameters) -> Secret:
        """See ``LogoutRequests.keep``."""
        return self._requests.keep(parameters)

    def _known(self, asked: LogoutRequest, browser: Browser) -> LiveSession | None:
        """The sign-in of this browser that the hint came of, whether it is the current one or waits beside it."""
        present = (*((browser.current,) if browser.current else ()), *browser.others)
        return next((live for live in present if self._requests.is_of(asked, live)), None)

    def _ask(self, handle: Secret, asked: LogoutRequest, live: LiveSession) -> MustConfirm:
        return MustConfirm(handle, live, asked.client, asked.target, asked.ui_locales)

    def _leave(self, message: ProtocolRequest, asked: LogoutRequest, live: LiveSession | None) -> Left:
        frames: Sequence[str] = ()
        if live is not None:
            frames = self._leaving(live, address=message.address, request_id=message.request_id)
        return Left(live, asked.target, frames, asked.client, asked.ui_locales)
