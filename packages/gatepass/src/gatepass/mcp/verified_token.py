"""A verified token as the MCP SDK knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp.server.auth.provider import AccessToken

if TYPE_CHECKING:
    from gatepass.principal import Principal

UNNAMED_CLIENT = ""
"""The ``client_id`` of a token that names no program.

The SDK demands one. The subject would be a bad one: whoever may choose the name of an account could choose the name
of a program, and be taken for it (RFC 9700 section 4.15).
"""


class VerifiedToken(AccessToken):
    """What ``get_access_token()`` of the SDK gives inside a tool, with the principal.

    Args:
        token: The token, as it was presented.
        principal: Who presented it.
        server: The address of the MCP server; where it is among the token's audience, that is what ``resource`` is.
    """

    _principal: Principal  # private to the SDK: it shows and compares what it knows

    def __init__(self, token: str, principal: Principal, server: str | None = None) -> None:
        audience = principal.audience
        claims = principal.claims
        # Some issuers name the program in azp alone, as ID tokens do (OpenID Connect Core section 2).
        client = principal.client_id or claims.get("azp")
        super().__init__(
            token=token,
            client_id=client if isinstance(client, str) else UNNAMED_CLIENT,
            scopes=sorted(principal.scopes),
            expires_at=int(principal.expires_at),
            resource=next((name for name in audience if _is_same(name, server)), next(iter(audience), None)),
            subject=principal.subject,
            claims=claims,
        )
        self._principal = principal

    @property
    def principal(self) -> Principal:
        """Who presented the token."""
        return self._principal


def _is_same(name: str, server: str | None) -> bool:
    # Clients write the address of a server with and without the slash, and the SDK takes both for the same.
    return server is not None and name.removesuffix("/") == server.removesuffix("/")
