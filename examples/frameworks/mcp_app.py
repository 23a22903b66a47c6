"""An MCP server: its metadata open to all, a tool for callers with a token, one for those with a scope.

Start a server with `make serve`, then `python examples/frameworks/mcp_app.py`. ISSUER, AUDIENCE and PORT in the
environment change whose tokens it takes and where it listens; its tokens are made for its own address.
"""

import os

import uvicorn
from mcp.server.mcpserver import MCPServer

from gatepass import Verifier
from gatepass.mcp import TokenVerifier, auth_settings, caller

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
PORT = int(os.environ.get("PORT", "8001"))
RESOURCE = os.environ.get("RESOURCE", f"http://127.0.0.1:{PORT}/mcp")
AUDIENCE = os.environ.get("AUDIENCE", RESOURCE)

verifier = Verifier(ISSUER, audience=AUDIENCE)
server = MCPServer("orders", token_verifier=TokenVerifier(verifier), auth=auth_settings(verifier, RESOURCE))


@server.tool()
def protected() -> str:
    """Say who is calling."""
    return caller().subject or ""


@server.tool()
def scoped() -> str:
    """Say what the caller may do."""
    return " ".join(caller("orders:read").scopes)


app = server.streamable_http_app()

if __name__ == "__main__":
    uvicorn.run(app, port=PORT)
