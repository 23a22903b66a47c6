"""The pages of a log-out that a program asked for (OpenID Connect RP-Initiated Logout 1.0 section 2)."""

from flask import Response

from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.protocol.log_out.end_session import Left, MustConfirm
from gatepass_server.protocol.log_out.front_channel import origins_of
from gatepass_server.web.pages.program_view import program_view
from gatepass_server.web.pages.rendering import Pages


class LeavingPages:
    """Asks whether to leave, and says that it is done."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def ask(self, question: MustConfirm, cookie: CookieHandle) -> Response:
        """200 with a form that sends the handle of the request back."""
        return self._pages.show(
            "leave.html",
            ui_locales=question.ui_locales,
            carried={"request": question.handle.reveal()},
            leads_to=(question.target,) if question.target else (),
            program=None if question.client is None else program_view(question.client, question.client.id),
            user=question.live.user,
            csrf_token=cookie.csrf_token.reveal(),
        )

    def left(self, outcome: Left) -> Response:
        """200: it is done. Frames tell programs in the browser, then a script, or a button, goes on."""
        return self._pages.show(
            "left.html",
            ui_locales=outcome.ui_locales,
            frames_from=origins_of(outcome.frames),
            frames=outcome.frames,
            target=outcome.target,
            program=None if outcome.client is None else program_view(outcome.client, outcome.client.id),
        )
