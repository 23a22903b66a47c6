"""Protect MCP servers with access tokens: the only file that imports the MCP Python SDK.

server = MCPServer("orders", token_verifier=TokenVerifier(verifier), auth=auth_settings(verifier, "https://mcp.example.com/mcp"))
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver.exceptions import ToolError

from gatepass.errors import (
    InsufficientScopeError,
    KeysUnavailableError,
    MissingTokenError,
    StatusUnavailableError,
    TokenError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepass.guard import AccessTokenVerifier
    from gatepass.principal import Principal

_log = logging.getLogger("gatepass")


class TokenVerifier:
    """Checks the tokens of an MCP server, as the SDK's protocol of the same name asks for it.

    The verifier's audience must be the server's own address (RFC 8707, as the MCP authorization specification says):
    a token that was made for another server is refused there.

    Args:
        verifier: What checks the tokens.
    """

    def __init__(self, verifier: AccessTokenVerifier) -> None:
        self._verifier = verifier

    async def verify_token(self, token: str) -> AccessToken | None:
        """Check a token without blocking the event loop; ``None`` for any that is not good.

        Why is told to the log alone. The SDK knows no answer for "not now", so a token that cannot be checked at
        the moment is refused like a bad one.
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
        return _access_token(token, principal)


def _access_token(token: str, principal: Principal) -> AccessToken:
    claims = principal.claims
    # Tokens of some issuers name the program in azp, and those that a user signs for himself name none.
    client = principal.client_id or claims.get("azp")
    return AccessToken(
        token=token,
        client_id=client if isinstance(client, str) else principal.subject,
        scopes=sorted(principal.scopes),
        expires_at=int(principal.expires_at),
        resource=principal.audience[0] if principal.audience else None,
        subject=principal.subject,
        claims=claims,
    )


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


def caller(*scopes: str) -> AccessToken:
    """Who is calling the tool that runs, and what their token grants.

    Args:
        scopes: What it must grant, all of it. The SDK asks for scopes of the whole server alone; a tool that needs
            more than the others asks here, and the client is told that the tool failed.

    Raises:
        ToolError: The tool was not called over HTTP with a token, or a scope is missing.
    """
    token = get_access_token()
    if token is None:
        raise ToolError(MissingTokenError.sentence)
    if not set(scopes) <= set(token.scopes):
        raise ToolError(InsufficientScopeError.sentence)
    return token
