"""What is told of the person behind an access token (OpenID Connect Core section 5.3).

The token must be good at the house itself: one that was narrowed to an API is that API's, which could otherwise learn
from it whatever the program may.
"""

from typing import Any

from gatepass import Principal
from gatepass_server.accounts.entitlements import with_entitlements
from gatepass_server.domain.clients import Client
from gatepass_server.domain.errors import InvalidClient
from gatepass_server.domain.scopes import GROUPS
from gatepass_server.protocol.client_directory import ClientDirectory
from gatepass_server.protocol.messages import ProtocolResponse
from gatepass_server.protocol.response_signing import SignedResponses
from gatepass_server.protocol.user_claims import known_claims, parse_claims, told
from gatepass_server.store.ports import LiveSession, Store

SIGNED = "application/jwt"
SIGNED_TYPE = "JWT"
"""What libraries take here; what keeps it from being taken for an ID token is that it has no ``exp``."""


class UserInfo:
    """Answers for a token that was checked, and whose session was found to be alive."""

    def __init__(self, store: Store, directory: ClientDirectory, signed: SignedResponses) -> None:
        self._store = store
        self._directory = directory
        self._signed = signed

    def __call__(self, principal: Principal, live: LiveSession) -> ProtocolResponse:
        """The claims: ``sub``, and what the scopes of the token and the ``claims`` parameter ask for.

        Signed for the program that holds the token, if it is registered so (section 5.3.2).
        """
        body = self._told(principal, live)
        client = self._client(principal)
        algorithm = "" if client is None else client.metadata.userinfo_signed_response_alg
        if client is None or not algorithm:
            return ProtocolResponse(200, body)
        text = self._signed.sign(body, client, algorithm=algorithm, typ=SIGNED_TYPE)
        return ProtocolResponse(200, text, media_type=SIGNED)

    def _told(self, principal: Principal, live: LiveSession) -> dict[str, Any]:
        if GROUPS in principal.scopes:
            with self._store.read() as uow:
                live = with_entitlements(uow, live)
        scope = " ".join(sorted(principal.scopes))
        wanted = parse_claims(live.session.terms.claims).userinfo
        known = known_claims(live.user, groups=live.entitlements.groups, roles=live.entitlements.roles)
        return {"sub": live.user.id, **told(known, scope=scope, wanted=wanted)}

    def _client(self, principal: Principal) -> Client | None:
        try:
            return self._directory.find(principal.client_id or "")
        except InvalidClient:  # its document cannot be had just now, and says nothing of signed answers
            return None
