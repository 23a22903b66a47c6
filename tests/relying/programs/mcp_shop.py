"""An MCP server of two tools: every call needs a scope, and one of the tools another one too."""

import os

import uvicorn
from mcp.server.mcpserver import MCPServer

from gatepass import Verifier
from gatepass.guard import Requirement
from gatepass.mcp import TokenGuard

PORT = int(os.environ["PORT"])
ADDRESS = f"http://127.0.0.1:{PORT}/mcp"

server = MCPServer("shop")
guard = TokenGuard(Verifier(os.environ["ISSUER"], audience=ADDRESS), resource=ADDRESS)


@server.tool()
def look() -> str:
    """Say who is calling, and what they may do."""
    caller = guard.principal
    return f"{caller.subject}: {' '.join(sorted(caller.scopes))}"


@server.tool()
@guard.token_required("orders:write")
def buy() -> str:
    """Buy something."""
    return f"{guard.principal.subject}: {' '.join(sorted(guard.principal.scopes))}"


app = guard.protect(server.streamable_http_app(), Requirement(scopes=("orders:read",)))

if __name__ == "__main__":
    uvicorn.run(app, port=PORT, log_level="warning")
