"""The SDK's own way to protect a server: a token verifier and settings."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mcp.server.auth.settings import AuthSettings

from gatepass.errors import KeysUnavailableError, StatusUnavailableError, TokenError
from gatepass.mcp.verified_token import VerifiedToken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepass.guard import AccessTokenVerifier

_log = logging.getLogger("gatepass")


class TokenVerifier:
    """Checks the tokens of an MCP server, as the SDK's protocol of the same name asks for it.

    The verifier's audience must be the server's own address (RFC 8707, as the MCP authorization specification says):
    a token that was made for another server is refused there.

    Args:
        verifier: What checks the tokens.
        resource: The address of the MCP server, for tokens that are meant for several.
    """

    def __init__(self, verifier: AccessTokenVerifier, *, resource: str | None = None) -> None:
        self._verifier = verifier
        self._resource = resource

    async def verify_token(self, token: str) -> VerifiedToken | None:
        """Check a token without blocking the event loop; ``None`` for any that is not good.

        Why is told to the log alone. The SDK knows no answer for "not now", so a token that cannot be checked at
        the moment is refused like a bad one; a guard in front of the server answers 503.
        """
        try:
            principal = await self._verifier.averify(token)
        except TokenError as error:
            unavailable = isinstance(error, (KeysUnavailableError, StatusUnavailableError))
            _log.log(
                logging.WARNING if unavailable else logging.INFO,
                "token refused: %s: %s",
                error.code,
                error.reason,
            )
            return None
        return VerifiedToken(token, principal, self._resource)


def auth_settings(
    verifier: AccessTokenVerifier, resource: str, *, required_scopes: Sequence[str] = ()
) -> AuthSettings:
    """The SDK's settings for a server whose tokens come from the verifier's issuer.

    The SDK then serves the metadata document (RFC 9728), names it in challenges, and answers 403 where one of
    ``required_scopes`` is missing.

    Args:
        verifier: Its first issuer is the one that clients are sent to.
        resource: The address of the MCP server, which is the audience of its tokens.
        required_scopes: What every token must grant.
    """
    # As plain strings: an address that was parsed once gets a slash at its end, and then is another issuer.
    return AuthSettings.model_validate(
        {
            "issuer_url": verifier.issuers[0],
            "resource_server_url": resource,
            "required_scopes": list(required_scopes) or None,
            # The verifier has checked the audience, with every name the server has.
            "validate_token_resource": False,
        }
    )
