"""What is told of the person behind token credentials: the claims of OpenID Connect Core section 5.3."""

from gatepass_server.accounts.session_claims import SessionClaims
from gatepass_server.protocol.messages import ProtocolResponse
from gatepass_server.protocol.oauth1.calls import Calls
from gatepass_server.protocol.oauth1.messages import SignedMessage
from gatepass_server.protocol.oauth1.problems import PermissionDenied
from gatepass_server.protocol.scopes import OPENID
from gatepass_server.protocol.userinfo import UserInfo


class UserInfoOauth1:
    """The same answer as to an access token."""

    def __init__(self, calls: Calls, claims: SessionClaims, userinfo: UserInfo) -> None:
        self._calls = calls
        self._claims = claims
        self._userinfo = userinfo

    def __call__(self, message: SignedMessage) -> ProtocolResponse:
        """200 with the claims.

        Raises:
            Problem: the request does not hold, or the person did not allow ``openid``.
        """
        live = self._calls(message).live
        if OPENID not in live.session.scope.split():
            raise PermissionDenied("The access lacks the scope openid.")
        return self._userinfo(self._claims.principal(live), live)
