"""A refresh token for the next tokens (RFC 6749 section 6): the rules are those of first-party log-ins."""

from typing import Any

from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from gatepass_server.accounts.refresh import Refresh
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.granted import Granted, TokenAnswers
from gatepass_server.protocol.resources import narrowed_resources
from gatepass_server.protocol.scopes import asked_again
from gatepass_server.protocol.server import ProtocolServer, TokenRequest


class RefreshToken(RefreshTokenGrant):  # type: ignore[misc]  # Authlib has no types
    """Authlib's grant, whose token is spent in one transaction by ``accounts.refresh``."""

    def __init__(
        self, request: TokenRequest, server: ProtocolServer, *, refresh: Refresh, answers: TokenAnswers
    ) -> None:
        super().__init__(request, server)
        self._refresh = refresh
        self._answers = answers

    def validate_token_request(self) -> None:
        """Which client it is; whether the token is good is found out when it is spent."""
        self.request.client = self._validate_request_client()
        if "refresh_token" not in self.request.form:
            raise InvalidRequest("Send the refresh_token.")

    def create_token_response(self) -> Any:
        """Spend the token, and answer with its successor."""
        client, message = self.request.client.client, self.request.message
        signer = self._answers.signer(client)
        refreshed = self._refresh.spend(
            self.request.form["refresh_token"],
            client_id=client.id,
            scope=asked_again(client, self.request.payload.scope),
            audience=lambda granted: narrowed_resources(granted, message.form),
            possession=self.request.possession,
            is_public=client.is_public,
            rotates=not client.metadata.is_fapi,  # FAPI 2.0 Security Profile section 5.3.2.1
            address=message.address,
            request_id=message.request_id,
        )
        granted = Granted(
            client=client,
            live=refreshed.live,
            scope=refreshed.scope,
            now=refreshed.now,
            refresh_token=refreshed.successor.text,
            access=self._refresh.access_token(refreshed, signer=signer),
        )
        return 200, self._answers(granted), self.TOKEN_RESPONSE_HEADER
