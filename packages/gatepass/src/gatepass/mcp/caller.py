"""Who is calling the tool that runs."""

from __future__ import annotations

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.mcpserver.exceptions import ToolError

from gatepass.errors import MissingTokenError, TokenError
from gatepass.mcp.verified_token import VerifiedToken


class ToolRefusedError(ToolError):
    """A caller may not use a tool.

    The SDK tells the client that the tool failed, in words that may be shown to anybody.

    Attributes:
        code: The ``TokenError.code`` of the reason.
    """

    def __init__(self, error: TokenError) -> None:
        super().__init__(str(error))
        self.code = error.code


def caller(*scopes: str) -> VerifiedToken:
    """Who is calling the tool that runs, and what their token grants; ``caller().principal`` is the principal.

    Args:
        scopes: What it must grant, all of it. The SDK asks for scopes of the whole server alone; a tool that needs
            more than the others asks here, and the client is told that the tool failed.

    Raises:
        ToolRefusedError: The tool was not called over HTTP with a token, or a scope is missing.
    """
    token = verified_token()
    if token is None:
        raise ToolRefusedError(MissingTokenError())
    try:
        token.principal.require(scopes)
    except TokenError as error:
        raise ToolRefusedError(error) from error
    return token


def verified_token() -> VerifiedToken | None:
    """The token with which the tool was called, or ``None`` where there is none that was verified here."""
    token = get_access_token()
    return token if isinstance(token, VerifiedToken) else None
