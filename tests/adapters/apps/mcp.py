"""An MCP server protected in the SDK's own way: every tool needs one scope, and one tool needs another too."""

import uvicorn
from mcp.server.mcpserver import MCPServer

from gatepass.mcp import TokenVerifier, auth_settings, caller
from tests.adapters.apps import common

ADDRESS = f"{common.RESOURCE}/mcp"

verifier = common.verifier()
server = MCPServer(
    "orders",
    token_verifier=TokenVerifier(verifier, resource=ADDRESS),
    auth=auth_settings(verifier, ADDRESS, required_scopes=["tools"]),
)


@server.tool()
def protected() -> str:
    return caller().principal.subject


@server.tool()
async def scoped() -> str:
    return " ".join(caller("orders:read").scopes)


if __name__ == "__main__":
    uvicorn.run(server.streamable_http_app(), port=common.PORT, log_level="warning")
