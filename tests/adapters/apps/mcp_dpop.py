"""An MCP server with a guard in front that takes tokens bound to a key."""

import uvicorn
from mcp.server.mcpserver import MCPServer

from gatepass import DPoP
from gatepass.mcp import TokenGuard
from tests.adapters.apps import common

server = MCPServer("orders")
guard = TokenGuard(common.verifier(), resource=f"{common.RESOURCE}/mcp", dpop=DPoP())


@server.tool()
@guard.token_required("orders:read")
def scoped() -> str:
    return guard.principal.subject


if __name__ == "__main__":
    uvicorn.run(guard.protect(server.streamable_http_app()), port=common.PORT, log_level="warning")
