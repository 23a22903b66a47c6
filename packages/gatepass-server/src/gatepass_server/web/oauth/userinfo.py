"""``GET`` and ``POST /oauth2/userinfo`` (OpenID Connect Core section 5.3)."""

from flask import Response

from gatepass_server.protocol.userinfo import UserInfo
from gatepass_server.web.answers import json_answer
from gatepass_server.web.caller import CallerGuard
from gatepass_server.web.schema import MESSAGE, json_of, object_of, operation

PATH = "/oauth2/userinfo"
USERINFO = operation(
    "Who is behind the access token (OpenID Connect Core section 5.3)",
    answers={
        200: (
            "The claims that the scopes of the token stand for.",
            json_of(object_of(sub={"type": "string"})),
        ),
        401: ("No token, or a bad one.", MESSAGE),
        403: ("The token lacks the scope `openid`.", MESSAGE),
    },
    security="token",
)


class UserInfoEndpoint:
    """Answers for the caller behind a token."""

    def __init__(self, guard: CallerGuard, userinfo: UserInfo) -> None:
        self._guard = guard
        self._userinfo = userinfo

    def view(self) -> Response:
        """200 with claims."""
        return json_answer(self._userinfo(self._guard.principal, self._guard.live))
