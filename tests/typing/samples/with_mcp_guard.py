"""``gatepass.mcp``: a guard in front of a server, and tools that know their caller."""

from typing import assert_type

from mcp.server.mcpserver import MCPServer

from gatepass import Principal, Verifier
from gatepass.guard import Requirement
from gatepass.mcp import TokenGuard, VerifiedToken, caller


def create_server(verifier: Verifier) -> None:
    """A server with a tool of every kind."""
    guard = TokenGuard(verifier, resource="https://mcp.test/mcp", realm="orders")
    server = MCPServer("orders")

    @server.tool()
    @guard.token_required
    def whoami(number: int) -> str:
        assert_type(guard.principal, Principal)
        assert_type(guard.optional_principal, Principal | None)
        assert_type(caller(), VerifiedToken)
        assert_type(caller().principal, Principal)
        return guard.principal.subject * number

    @server.tool(name="orders")
    @guard.token_required("orders:read", any_of=("a", "b"), max_age=60, name="orders")
    async def list_orders() -> list[int]:
        return []

    assert_type(whoami(1), str)
    assert callable(list_orders)
    guard.protect(server.streamable_http_app(), Requirement(optional=True))
