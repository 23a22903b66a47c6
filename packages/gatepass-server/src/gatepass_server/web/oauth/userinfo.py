"""``GET`` and ``POST /oauth2/userinfo`` (OpenID Connect Core section 5.3)."""

from collections.abc import Callable
from functools import wraps

from flask import Response, request

from gatepass.errors import InsufficientScopeError
from gatepass.guard import Presented, Requirement
from gatepass_server.protocol.scopes import OPENID
from gatepass_server.protocol.userinfo import UserInfo
from gatepass_server.web.body import FORMS, read_form_pairs
from gatepass_server.web.bridge import answer
from gatepass_server.web.caller import CallerGuard
from gatepass_server.web.schema import MESSAGE, json_of, object_of, operation

PATH = "/oauth2/userinfo"
FIELD = "access_token"
USERINFO = operation(
    "Who is behind the access token (OpenID Connect Core section 5.3)",
    answers={
        200: (
            "The claims that the scopes of the token stand for; signed, where the client is registered so.",
            json_of(object_of(sub={"type": "string"})),
        ),
        400: ("Several tokens were sent, or a body that cannot be read.", MESSAGE),
        401: ("No token, or a bad one, or one that no person is behind.", MESSAGE),
        403: ("The token lacks the scope `openid`.", MESSAGE),
    },
    security="token",
)


class UserInfoGuard(CallerGuard):
    """Takes the token from the header, or from the body of a form (RFC 6750 section 2.2); never a cookie.

    A token that no person is behind is bad here, whatever its scopes; only of a good one the scope is asked.
    """

    def protect(self, view: Callable[[], Response]) -> Callable[[], Response]:
        """Let only holders of a token with the scope ``openid`` through to the view."""

        @wraps(view)
        def demanding() -> Response:
            try:
                self.principal.require((OPENID,))
            except InsufficientScopeError as error:
                return self._answer(error, self._presented())
            return view()

        return self.token_required(demanding)

    def _by_cookie(self, presented: Presented, requirement: Requirement) -> None:
        """None: a page that is signed in asks ``/me``."""

    def _presented(self) -> Presented:
        presented = super()._presented()
        if request.method != "POST" or request.mimetype != FORMS[0]:
            return presented
        in_body = [value for name, value in read_form_pairs(request) if name == FIELD]
        return presented._replace(extra=[*presented.extra, *in_body])


class UserInfoEndpoint:
    """Answers for the caller behind a token."""

    def __init__(self, guard: UserInfoGuard, userinfo: UserInfo) -> None:
        self._guard = guard
        self._userinfo = userinfo
        self.view = guard.protect(self._view)

    def _view(self) -> Response:
        """200 with claims."""
        return answer(self._userinfo(self._guard.principal, self._guard.live))
