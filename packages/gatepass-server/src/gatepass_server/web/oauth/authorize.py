"""``GET`` and ``POST /oauth2/authorize`` (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2)."""

from collections.abc import Callable, Mapping

from flask import Response, redirect, request

from gatepass_server.protocol.authorization.authorize import Authorize, Browser
from gatepass_server.protocol.authorization.outcomes import (
    Answer,
    Outcome,
    Refused,
    ResponseMode,
    Step,
    StepKind,
)
from gatepass_server.web.bridge import Bridge
from gatepass_server.web.schema import NOTHING, operation

PATH = "/oauth2/authorize"
FLOW = "flow"
"""The parameter that names a request that waits; a program's own parameter of this name means nothing."""

STEPS: Mapping[StepKind, str] = {
    StepKind.SIGN_IN: "/sign-in",
    StepKind.SIGN_UP: "/sign-up",
    StepKind.CHOOSE_ACCOUNT: "/choose-account",
    StepKind.CONSENT: "/consent",
}
"""The pages. Each comes back here."""

AUTHORIZE = operation(
    "Sign a person in for a program (RFC 6749 section 3.1). For browsers",
    answers={
        200: ("A page that posts the answer to the program (`response_mode=form_post`).", NOTHING),
        303: ("To a page where the person does something, or back to the program.", NOTHING),
        400: ("A page that says why the person cannot be sent back.", NOTHING),
    },
)


class AuthorizeEndpoint:
    """Asks the protocol what happens next, and shows it.

    Args:
        browser: tells who is signed in where the request comes from.
        form_post: the page that posts an answer.
        refused: the page of a refusal.
    """

    def __init__(
        self,
        authorize: Authorize,
        bridge: Bridge,
        *,
        base: str,
        browser: Callable[[], Browser],
        form_post: Callable[[Answer], Response],
        refused: Callable[[Refused], Response],
    ) -> None:
        self._authorize = authorize
        self._bridge = bridge
        self._base = base
        self._browser = browser
        self._form_post = form_post
        self._refused = refused

    def view(self) -> Response:
        """303 to a page or to the program, or a page."""
        message = self._bridge.read(PATH)
        parameters = message.form if request.method == "POST" else message.query
        handle = parameters.get(FLOW)
        if handle is not None and "client_id" not in parameters:
            return self._show(self._authorize.resume(handle, self._browser()))
        return self._show(self._authorize.begin(parameters, self._browser()))

    def _show(self, outcome: Outcome) -> Response:
        if isinstance(outcome, Step):
            return see(address_of(outcome, self._base))
        if isinstance(outcome, Refused):
            return self._refused(outcome)
        if outcome.mode is ResponseMode.FORM_POST:
            return self._form_post(outcome)
        return see(outcome.location)


def address_of(step: Step, base: str) -> str:
    """The page of a step, below ``base``."""
    return f"{base}{STEPS[step.kind]}?{FLOW}={step.flow.reveal()}"


def see(location: str) -> Response:
    """303, so that a form that was posted here is not posted there (RFC 9700 section 4.12)."""
    found = redirect(location, 303)
    response = Response(status=303, headers={"Location": found.headers["Location"]})
    response.headers["Cache-Control"] = "no-store"
    return response
