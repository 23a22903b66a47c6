"""A token for another token (RFC 8693 section 2)."""

from typing import Any

from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin

from gatepass_server.protocol.errors import UnauthorizedClient
from gatepass_server.protocol.exchange import Exchange
from gatepass_server.protocol.server import ProtocolServer, TokenRequest

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"


class TokenExchange(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]  # Authlib has no types
    """On the same seam as Authlib's grants, which know no exchange."""

    GRANT_TYPE = GRANT_TYPE

    def __init__(self, request: TokenRequest, server: ProtocolServer, *, exchange: Exchange) -> None:
        super().__init__(request, server)
        self._exchange = exchange

    def validate_token_request(self) -> None:
        """Which program it is, and whether it may."""
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClient("The client is not registered for token exchange (RFC 8693).")
        self.request.client = client

    def create_token_response(self) -> Any:
        """Exchange, and tell what came of it (section 2.2.1)."""
        exchanged = self._exchange(self.request.client.client, self.request.message, self.request.possession)
        answer = {
            "access_token": exchanged.access.text,
            "issued_token_type": exchanged.type,
            "token_type": exchanged.scheme,
            "expires_in": exchanged.access.expires_in,
        }
        if exchanged.scope:
            answer["scope"] = exchanged.scope
        return 200, answer, self.TOKEN_RESPONSE_HEADER
