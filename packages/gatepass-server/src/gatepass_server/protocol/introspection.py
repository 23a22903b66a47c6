"""Tell a program whether a token is good, and what it may do (RFC 7662); signed, if it asks for that (RFC 9701)."""

from typing import Any

from gatepass_server.accounts.entitlements import CLAIMS
from gatepass_server.domain.clients import Client
from gatepass_server.domain.sessions import FIRST_PARTY_CLIENT
from gatepass_server.protocol.client_authentication import ClientAuthenticator
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.held_tokens import HeldToken, HeldTokens, TokenKind
from gatepass_server.protocol.messages import ProtocolRequest, ProtocolResponse
from gatepass_server.protocol.response_signing import SignedResponses

INACTIVE: dict[str, Any] = {"active": False}
"""All that is told of a token that is not good, or is none of the asker's business: not even why (section 2.2)."""

SIGNED = "application/token-introspection+jwt"
SIGNED_TYPE = "token-introspection+jwt"

_TOLD = (
    *("scope", "client_id", "exp", "iat", "nbf", "sub", "aud", "iss", "jti"),
    *("sid", "auth_time", "acr", "cnf", "act", "may_act", *CLAIMS),
)


class Introspection:
    """Answers programs that have proved who they are; public ones, which cannot, are refused.

    A refresh token says so in ``token_type``, and its audience is the issuer, so that no API takes it for an access
    token.

    Args:
        audience: the house's own.
        signed: signs answers; None where a shared secret signs, which programs do not have.
    """

    def __init__(
        self,
        authenticator: ClientAuthenticator,
        held: HeldTokens,
        *,
        audience: str,
        signed: SignedResponses | None,
    ) -> None:
        self._authenticator = authenticator
        self._held = held
        self._audience = audience
        self._signed = signed

    def __call__(self, request: ProtocolRequest) -> ProtocolResponse:
        """Answer a request: 200 for good tokens and for bad ones.

        Raises:
            InvalidClient: the program has not proved who it is.
            InvalidRequest: there is no token in it.
        """
        client = self._authenticator.authenticate(request, public=False)
        token = request.form.get("token")
        if token is None:
            raise InvalidRequest("Send the token.")
        body = self._told(client, token)
        if self._signed is None or not _wants_signed(request):
            return ProtocolResponse(200, body)
        algorithm = client.metadata.introspection_signed_response_alg
        signed = self._signed.sign(
            {"token_introspection": body}, client, algorithm=algorithm, typ=SIGNED_TYPE
        )
        return ProtocolResponse(200, signed, media_type=SIGNED)

    def _told(self, client: Client, text: str) -> dict[str, Any]:
        held = self._held.find(text)
        if held is None or not self._concerns(client, held):
            return INACTIVE
        told = {name: held.claims[name] for name in _TOLD if name in held.claims}
        if held.live is not None and "email" in held.scopes:
            told["username"] = held.live.user.email
        return {"active": True, "token_type": _type(held), **told}

    def _concerns(self, client: Client, held: HeldToken) -> bool:
        """Whether the token is the program's own, or meant for it, or for this house (RFC 7662 section 4).

        A refresh token is meant for this server alone, so it concerns whoever holds it; those of first-party log-ins,
        which no program holds, concern every API of the house. Who registered itself is no API of anybody's: what it
        may name as an audience is where it asks for tokens.
        """
        if held.client_id == client.id:
            return True
        if client.registered_itself:
            return False
        if held.kind is TokenKind.REFRESH:
            return held.client_id == FIRST_PARTY_CLIENT
        return self._audience in held.audience or not held.audience.isdisjoint(client.metadata.resources)


def _type(held: HeldToken) -> str:
    if held.kind is TokenKind.REFRESH:
        return held.kind
    return "DPoP" if held.key else "Bearer"


def _wants_signed(request: ProtocolRequest) -> bool:
    """Whether the header ``Accept`` names the signed form (RFC 9701 section 4)."""
    accepted = request.headers.get("Accept", "").lower().split(",")
    return SIGNED in {one.partition(";")[0].strip() for one in accepted}
