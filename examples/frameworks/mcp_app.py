"""An MCP server of three tools: open to all, for callers with a token, for those with a scope.

Start a server with `make serve`, then `python examples/frameworks/mcp_app.py`. ISSUER, AUDIENCE, PORT and RESOURCE in
the environment change whose tokens it takes, whom they are meant for, where it listens and what it is called.
"""

import os

import uvicorn
from mcp.server.mcpserver import MCPServer

from gatepass import Verifier
from gatepass.guard import Requirement
from gatepass.mcp import TokenGuard

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8000")
AUDIENCE = os.environ.get("AUDIENCE", ISSUER)
PORT = int(os.environ.get("PORT", "8001"))
RESOURCE = os.environ.get("RESOURCE", f"http://127.0.0.1:{PORT}") + "/mcp"

server = MCPServer("orders")
guard = TokenGuard(Verifier(ISSUER, audience=AUDIENCE), resource=RESOURCE)


@server.tool(name="open")
def open_to_all() -> str:
    """Greet the caller."""
    caller = guard.optional_principal
    return f"hello {caller.subject if caller else 'stranger'}"


@server.tool()
@guard.token_required
def protected() -> str:
    """Say who is calling."""
    return guard.principal.subject


@server.tool()
@guard.token_required("orders:read")
async def scoped() -> str:
    """Say who is calling and what they may do."""
    caller = guard.principal
    return f"{caller.subject} may {' '.join(sorted(caller.scopes))}"


# Where every tool needs a token, leave the requirement out: then strangers do not even see which tools there are.
app = guard.protect(server.streamable_http_app(), Requirement(optional=True))

if __name__ == "__main__":
    uvicorn.run(app, port=PORT)
