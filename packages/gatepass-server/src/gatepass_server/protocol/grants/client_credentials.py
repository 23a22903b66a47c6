"""A program's own credentials for a token of its own (RFC 6749 section 4.4)."""

from typing import Any

from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant

from gatepass_server.domain.grants import Terms
from gatepass_server.protocol.client_tokens import ClientTokens
from gatepass_server.protocol.resources import asked_resources
from gatepass_server.protocol.scopes import exactly
from gatepass_server.protocol.server import ProtocolServer, TokenRequest


class ClientCredentials(ClientCredentialsGrant):  # type: ignore[misc]  # Authlib has no types
    """Authlib's grant; a public client cannot be registered for it."""

    def __init__(self, request: TokenRequest, server: ProtocolServer, *, tokens: ClientTokens) -> None:
        super().__init__(request, server)
        self._tokens = tokens

    def create_token_response(self) -> Any:
        """Mint the token."""
        client = self.request.client.client
        scope = exactly(client, self.request.payload.scope)
        terms = self.request.possession.binding(
            Terms(audience=asked_resources(client, self.request.message.form))
        )
        access = self._tokens.issue(client, scope=scope, terms=terms)
        answer = {
            "access_token": access.text,
            "token_type": "DPoP" if terms.jkt else "Bearer",
            "expires_in": access.expires_in,
        }
        if scope:
            answer["scope"] = scope
        return 200, answer, self.TOKEN_RESPONSE_HEADER

    def validate_requested_scope(self) -> None:
        """Judged when the token is made, by what the client is registered with."""
