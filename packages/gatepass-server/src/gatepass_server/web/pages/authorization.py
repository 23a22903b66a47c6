"""Answers of the authorization endpoint that are pages."""

from flask import Response

from gatepass_server.protocol.authorization.outcomes import Answer, Refused
from gatepass_server.web.errors import answer_refusal
from gatepass_server.web.pages.program_view import host_of
from gatepass_server.web.pages.rendering import Pages
from gatepass_server.web.pages.sentences import sentence
from gatepass_server.web.pages.troubles import EXPIRED, Trouble, TroublePages
from gatepass_server.web.query_argument import query_argument


class AuthorizationPages:
    """Takes answers to programs by a form, and tells people why they cannot be taken there."""

    def __init__(self, pages: Pages, troubles: TroublePages) -> None:
        self._pages = pages
        self._troubles = troubles

    def form_post(self, answer: Answer) -> Response:
        """A form that a script sends by itself, and a button (OAuth 2.0 Form Post Response Mode)."""
        return self._pages.show(
            "form_post.html",
            leads_to=(answer.redirect_uri,),
            action=answer.redirect_uri,
            host=host_of(answer.redirect_uri),
            parameters=answer.parameters,
        )

    def refused(self, outcome: Refused) -> Response:
        """Why nobody can be sent back (RFC 6749 section 4.1.2.1)."""
        error = outcome.error
        status = answer_refusal(error).status_code
        if query_argument("flow") and not query_argument("client_id"):
            return self._troubles.show(EXPIRED, status=status)
        if status >= 429:
            return self._troubles.refused(error)
        name = outcome.client.name if outcome.client else ""
        happened = sentence("The request of %(name)s is not valid.", name=name) if name else _SOMEBODY
        trouble = Trouble(
            heading=_HEADING, happened=happened, visitor=_VISITOR, code=error.code, detail=error.message
        )
        return self._troubles.show(trouble, status=status)


_HEADING = sentence("The app's request cannot be answered")
_SOMEBODY = sentence("The app that sent you here made a request that is not valid.")
_VISITOR = (
    sentence("Go back to the app and try again from there."),
    sentence("If it happens again, tell the people who make the app what stands below."),
)
