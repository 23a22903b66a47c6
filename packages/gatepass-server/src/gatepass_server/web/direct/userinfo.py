"""The claims of a person, for a bearer token (OpenID Connect Core section 5.3)."""

import re

from gatepass import AccessTokenVerifier
from gatepass.errors import TokenError
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.protocol.scopes import OPENID
from gatepass_server.protocol.userinfo import UserInfo
from gatepass_server.web.direct.forms import VARIES
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.request import DirectRequest
from gatepass_server.web.plain_answer import PlainAnswer, of_protocol

_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
"""RFC 6750 section 2.1."""

_UNUSUAL = frozenset({"origin", "dpop", "x-access-token"})
"""Headers of a userinfo request that Flask is left with."""


class DirectUserInfo:
    """Answers for a bearer token that is good; of any other, Flask tells what is wrong with it.

    Args:
        verifier: checks access tokens of the house.
        sessions: knows which are alive.
        userinfo: tells the claims.
        lane: where it is answered.
    """

    def __init__(
        self, verifier: AccessTokenVerifier, sessions: Sessions, userinfo: UserInfo, *, lane: Lane
    ) -> None:
        self._verifier = verifier
        self._sessions = sessions
        self._userinfo = userinfo
        self._lane = lane

    def lane(self, request: DirectRequest) -> Lane:  # noqa: ARG002 - see ``Endpoint``
        """See ``Endpoint.lane``."""
        return self._lane

    def __call__(self, request: DirectRequest, request_id: str) -> PlainAnswer | None:  # noqa: ARG002 - nothing is written under it
        """See ``Endpoint``."""
        headers = request.headers
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token) or not _UNUSUAL.isdisjoint(headers):
            return None
        try:
            principal = self._verifier.verify(token, scopes=(OPENID,))
        except TokenError:
            return None
        live = self._sessions.caller(principal)
        if live is None:
            return None
        answer = of_protocol(self._userinfo(principal, live))
        answer.headers.append(VARIES)
        return answer
