"""Protect MCP servers with access tokens: the only package that imports the MCP Python SDK.

Two ways. The SDK's own, where every call needs a token and all tools need the same scopes:

server = MCPServer("orders", token_verifier=TokenVerifier(verifier), auth=auth_settings(verifier, ADDRESS))

Or a guard in front of the server, which answers as every other adapter does, and knows which tool needs what:

guard = TokenGuard(verifier, resource=ADDRESS)

@server.tool()
@guard.token_required("orders:read")
def orders() -> str:
    return guard.principal.subject

app = guard.protect(server.streamable_http_app())
"""

from gatepass.mcp.caller import ToolRefusedError, caller
from gatepass.mcp.guard import TokenGuard
from gatepass.mcp.token_verifier import TokenVerifier, auth_settings
from gatepass.mcp.verified_token import VerifiedToken

__all__ = ["TokenGuard", "TokenVerifier", "ToolRefusedError", "VerifiedToken", "auth_settings", "caller"]
