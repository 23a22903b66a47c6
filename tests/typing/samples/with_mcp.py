"""``gatepass.mcp``: the SDK takes the verifier."""

from typing import assert_type

from mcp.server.mcpserver import MCPServer

from gatepass import Verifier
from gatepass.mcp import TokenVerifier, auth_settings, caller


def create_server(verifier: Verifier) -> MCPServer:
    """A server with one tool."""
    settings = auth_settings(verifier, "https://mcp.test/mcp", required_scopes=["orders"])
    server = MCPServer("orders", token_verifier=TokenVerifier(verifier), auth=settings)

    @server.tool()
    def whoami() -> str:
        return caller("orders:read").subject or ""

    assert_type(whoami(), str)
    return server
