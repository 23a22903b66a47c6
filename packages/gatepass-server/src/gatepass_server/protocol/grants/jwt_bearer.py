"""An assertion for tokens (RFC 7523 section 2.1)."""

from typing import Any

from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin

from gatepass_server.domain.client_rules import JWT_BEARER
from gatepass_server.protocol.assertion_grants import AssertionGrants
from gatepass_server.protocol.errors import UnauthorizedClient
from gatepass_server.protocol.server import ProtocolServer, TokenRequest


class JwtBearer(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]  # Authlib has no types
    """On the same seam as Authlib's own grant of this name, which takes whatever a client has signed for itself."""

    GRANT_TYPE = JWT_BEARER

    def __init__(self, request: TokenRequest, server: ProtocolServer, *, grants: AssertionGrants) -> None:
        super().__init__(request, server)
        self._grants = grants

    def validate_token_request(self) -> None:
        """Which program it is, and whether it may."""
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClient("The client is not registered for assertions (RFC 7523).")
        self.request.client = client

    def create_token_response(self) -> Any:
        """Spend the assertion, and answer."""
        request = self.request
        answer = self._grants(request.client.client, request.message, request.possession)
        return 200, answer, self.TOKEN_RESPONSE_HEADER
