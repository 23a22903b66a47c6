"""Authlib's framework-free authorization server, on our messages, our client authentication and our table."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749.requests import OAuth2Payload

from gatepass_server.domain.errors import GatepassError, InvalidClient, InvalidGrant, InvalidScope
from gatepass_server.domain.possession import NOTHING_PROVED, Possession
from gatepass_server.protocol import errors
from gatepass_server.protocol.authlib_client import AuthlibClient
from gatepass_server.protocol.client_authentication import ClientAuthenticator
from gatepass_server.protocol.messages import ProtocolRequest, ProtocolResponse
from gatepass_server.protocol.proofs import Proofs

logging.getLogger("authlib").setLevel(logging.INFO)  # its debug lines print whole tokens

_ERRORS: dict[str, type[GatepassError]] = {
    kind.code: kind
    for kind in (
        errors.InvalidRequest,
        errors.UnauthorizedClient,
        errors.UnsupportedGrantType,
        errors.AccessDenied,
        errors.AuthorizationPending,
        errors.SlowDown,
        errors.ExpiredToken,
        InvalidClient,
        InvalidGrant,
        InvalidScope,
    )
}


class _Form(OAuth2Payload):  # type: ignore[misc]  # Authlib has no types
    """The body as Authlib reads it: a parameter is looked at when it is needed, so others may be sent twice."""

    def __init__(self, message: ProtocolRequest) -> None:
        self._message = message

    @property
    def data(self) -> Mapping[str, str]:
        """The parameters."""
        return self._message.form


class TokenRequest(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    """A token request as Authlib's grants read it.

    Attributes:
        message: What came in.
        possession: What the tokens are to be bound to; known when the client is.
    """

    def __init__(self, message: ProtocolRequest) -> None:
        # Authlib wants https of every address; which issuers may be plain http is judged once, in the settings.
        super().__init__(message.method, "https:" + message.url.partition(":")[2], headers=message.headers)
        self.message = message
        self.payload = _Form(message)
        self.possession: Possession = NOTHING_PROVED

    @property
    def form(self) -> Mapping[str, str]:
        """The parameters of the body; those of the query are not looked at (RFC 6749 section 3.2)."""
        return self.message.form


class ProtocolServer(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """Runs a token request through the grant that it names.

    Args:
        authenticator: finds out which program is calling.
        proofs: judges what it proves to hold beside that.
        grants: makes a grant by its ``grant_type``.
    """

    def __init__(
        self,
        authenticator: ClientAuthenticator,
        proofs: Proofs,
        grants: Mapping[str, Callable[[TokenRequest, "ProtocolServer"], Any]],
    ) -> None:
        super().__init__()
        self._authenticator = authenticator
        self._proofs = proofs
        self._grants = grants

    @property
    def grant_types(self) -> tuple[str, ...]:
        """As the metadata name them."""
        return tuple(self._grants)

    def token(self, message: ProtocolRequest) -> ProtocolResponse:
        """Answer a token request (RFC 6749 section 3.2).

        Raises:
            GatepassError: it is refused.
        """
        request = TokenRequest(message)
        response: ProtocolResponse = self.create_token_response(request)
        nonce = self._proofs.next_nonce(message, request.client.client)
        return (
            response
            if nonce is None
            else replace(response, headers={**response.headers, "DPoP-Nonce": nonce})
        )

    def create_oauth2_request(self, request: TokenRequest) -> TokenRequest:
        """It is one already."""
        return request

    def get_token_grant(self, request: TokenRequest) -> Any:
        """The grant that is presented, made for this request."""
        name = request.payload.grant_type
        if name is None:
            raise errors.InvalidRequest("Send a grant_type.")
        make = self._grants.get(name)
        if make is None:
            known = ", ".join(self._grants)
            raise errors.UnsupportedGrantType(f"There is no such grant_type. There are: {known}.")
        return make(request, self)

    def authenticate_client(
        self,
        request: TokenRequest,
        methods: list[str],  # noqa: ARG002 - which ways there are is a matter of the client, not of the grant
        endpoint: str = "token",  # noqa: ARG002 - the same everywhere
    ) -> AuthlibClient:
        """The program behind the request; and what it proves to hold, before anything of it is spent."""
        client = self._authenticator.authenticate(request.message)
        request.possession = self._proofs.possession(request.message, client)
        return AuthlibClient(client)

    def generate_token(self, *, user: Any = None, **_: object) -> Any:
        """A grant gives, as its ``user``, what makes the whole answer."""
        return user()

    def save_token(self, token: object, request: object) -> None:
        """Everything was kept before anything was minted."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> ProtocolResponse:
        """See ``ProtocolResponse``."""
        return ProtocolResponse(status, body, dict(headers))

    def handle_error_response(self, request: object, error: OAuth2Error) -> ProtocolResponse:  # noqa: ARG002 - Authlib's signature
        """Raise it as one of ours, so that one translator answers all."""
        kind = _ERRORS.get(error.error or "", errors.InvalidRequest)
        raise kind(error.description or kind.__doc__ or "The request is refused.") from error
