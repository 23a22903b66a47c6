"""``GET`` and ``POST /oauth1/authorize`` (RFC 5849 section 2.2)."""

from collections.abc import Callable

from flask import Response, request

from gatepass_server.protocol.authorization.authorize import Browser
from gatepass_server.protocol.authorization.outcomes import Refused, Step
from gatepass_server.protocol.oauth1.authorize import TOKEN, AuthorizeOauth1, Outcome, OutOfBand
from gatepass_server.web.bridge import Bridge
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.oauth.authorize import FLOW, STEPS, see
from gatepass_server.web.schema import NOTHING, operation

PATH = "/oauth1/authorize"
AUTHORIZE = operation(
    "Ask a person to approve temporary credentials (RFC 5849 section 2.2). For browsers",
    answers={
        200: ("A page with the verifier, where the callback is `oob`.", NOTHING),
        303: ("To a page where the person does something, or back to the program.", NOTHING),
        400: ("A page that says why the person cannot be sent back.", NOTHING),
        403: ("A form that another site sent.", NOTHING),
    },
)


class AuthorizeEndpoint:
    """Asks the protocol what happens next, and shows it.

    Args:
        origin: of our own pages, which alone may send forms here.
        browser: tells who is signed in where the request comes from.
        out_of_band: the page for who cannot be sent back.
        refused: the page of a refusal.
    """

    def __init__(
        self,
        authorize: AuthorizeOauth1,
        bridge: Bridge,
        origin: OwnOrigin,
        *,
        base: str,
        browser: Callable[[], Browser],
        out_of_band: Callable[[OutOfBand], Response],
        refused: Callable[[Refused], Response],
    ) -> None:
        self._authorize = authorize
        self._bridge = bridge
        self._origin = origin
        self._base = base
        self._browser = browser
        self._out_of_band = out_of_band
        self._refused = refused

    def view(self) -> Response:
        """303 to a page or to the program, or a page.

        Raises:
            CsrfFailed: another site sent the form.
        """
        if request.method == "POST":
            self._origin.demand()
        message = self._bridge.read(PATH)
        parameters = message.form if request.method == "POST" else message.query
        handle, token = parameters.get(FLOW), parameters.get(TOKEN)
        if handle is not None and token is None:
            return self._show(self._authorize.resume(handle, self._browser()))
        return self._show(self._authorize.begin(token, self._browser()))

    def _show(self, outcome: Outcome) -> Response:
        if isinstance(outcome, Step):
            return see(f"{self._base}{STEPS[outcome.kind]}?{FLOW}={outcome.flow.reveal()}")
        if isinstance(outcome, Refused):
            return self._refused(outcome)
        if isinstance(outcome, OutOfBand):
            return self._out_of_band(outcome)
        return see(outcome.location)
