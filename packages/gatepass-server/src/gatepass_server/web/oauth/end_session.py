"""``GET`` and ``POST /oauth2/logout`` (OpenID Connect RP-Initiated Logout 1.0 section 2)."""

from collections.abc import Callable
from typing import Final

from flask import Response, request

from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.errors import CsrfFailed
from gatepass_server.protocol.authorization.authorize import Browser
from gatepass_server.protocol.authorization.outcomes import Refused
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.log_out.end_session import EndSession, Left, MustConfirm
from gatepass_server.protocol.messages import Parameters
from gatepass_server.web import csrf
from gatepass_server.web.bridge import Bridge
from gatepass_server.web.cookies import SessionCookie
from gatepass_server.web.csrf import OwnOrigin
from gatepass_server.web.schema import NOTHING, operation

PATH: Final = "/oauth2/logout"
HANDLE: Final = "request"
"""The parameter that names a request that was kept; a program's own parameter of this name means nothing."""

_OF_PROGRAMS: Final = frozenset(
    {"id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint"}
)

END_SESSION = operation(
    "Sign a person out for a program (OpenID Connect RP-Initiated Logout 1.0). For browsers",
    answers={
        200: ("A page that asks the person, or that says that they are signed out.", NOTHING),
        303: ("Back to the program.", NOTHING),
        400: ("A page that says why the person cannot be sent back.", NOTHING),
        403: ("A page that says that another site may have sent the form.", NOTHING),
    },
)


class EndSessionEndpoint:
    """Asks the protocol what happens next, and shows it.

    Args:
        browser: tells who is signed in where the request comes from.
        ask: the page that asks the person; its form sends the handle as ``request``, and ``csrf_token``, to ``PATH``.
        left: the page after the log-out, with its frames.
        refused: the page of a refusal.
    """

    def __init__(
        self,
        end_session: EndSession,
        bridge: Bridge,
        cookie: SessionCookie,
        origin: OwnOrigin,
        *,
        base: str,
        browser: Callable[[], Browser],
        ask: Callable[[MustConfirm, CookieHandle], Response],
        left: Callable[[Left], Response],
        refused: Callable[[Refused], Response],
    ) -> None:
        self._end_session = end_session
        self._bridge = bridge
        self._cookie = cookie
        self._origin = origin
        self._base = base
        self._browser = browser
        self._ask = ask
        self._left = left
        self._refused = refused

    def view(self) -> Response:
        """303 to the program, or a page."""
        try:
            return self._view()
        except (InvalidRequest, CsrfFailed) as error:
            return self._refused(Refused(error))

    def _view(self) -> Response:
        message = self._bridge.read(PATH)
        is_post = request.method == "POST"
        parameters = message.form if is_post else message.query
        handle = "" if _OF_PROGRAMS.intersection(parameters) else parameters.get(HANDLE, "")
        cookie = self._cookie.presented()
        if handle and is_post:
            self._demand_own_page(cookie, parameters)
            return self._show(self._end_session.confirmed(message, handle, self._browser()), cookie)
        if handle:
            return self._show(self._end_session.resume(message, handle, self._browser()), cookie)
        if is_post and cookie is None:
            # A form of another site brings no cookie along (SameSite=Lax), the visit that follows does.
            kept = self._end_session.keep(parameters)
            return _see(f"{self._base}{PATH}?{HANDLE}={kept.reveal()}")
        return self._show(self._end_session.begin(message, parameters, self._browser()), cookie)

    def _demand_own_page(self, cookie: CookieHandle | None, parameters: Parameters) -> None:
        self._origin.demand()
        if cookie is not None:
            cookie.demand_proof(parameters.get(csrf.FIELD))

    def _show(self, outcome: MustConfirm | Left, cookie: CookieHandle | None) -> Response:
        if isinstance(outcome, MustConfirm):
            if cookie is None:
                raise CsrfFailed(reason="a session without a cookie")
            return self._ask(outcome, cookie)
        response = _see(outcome.target) if outcome.target and not outcome.frames else self._left(outcome)
        if (
            outcome.ended is not None
            and cookie is not None
            and outcome.ended.session.cookie_digest == cookie.digest
        ):
            self._cookie.take_back(response)
        return response


def _see(location: str) -> Response:
    """303: what was posted here is not posted there."""
    response = Response(status=303, headers={"Location": location})
    response.headers["Cache-Control"] = "no-store"
    return response
