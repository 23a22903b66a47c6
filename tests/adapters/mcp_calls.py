"""Calls of an MCP server's tools: with the SDK's own client, and as the bare request that it sends."""

from collections.abc import Mapping
from typing import Any

import anyio
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

MODES = ("auto", "legacy")
"""The protocol of 2026-07-28, where every request stands alone, and the one before it, which has sessions."""


def call(
    server: str,
    tool: str,
    headers: Mapping[str, str],
    *,
    mode: str = "auto",
    auth: httpx2.Auth | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> tuple[bool, str]:
    """Call a tool as programs do: whether it failed, and what it said.

    Raises:
        MCPError: The server refused the request.
    """

    async def run() -> tuple[bool, str]:
        async with (
            create_mcp_http_client(headers=dict(headers), auth=auth) as http,
            Client(streamable_http_client(f"{server}/mcp", http_client=http), mode=mode) as client,
        ):
            result = await client.call_tool(tool, dict(arguments or {}))
            return bool(result.is_error), str(getattr(result.content[0], "text", ""))

    try:
        return anyio.run(run)
    except BaseExceptionGroup as group:
        raise _only(group) from None


def message(method: str, **parameters: Any) -> dict[str, Any]:
    """A request of JSON-RPC."""
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}


def post(
    server: str, content: dict[str, Any] | list[Any] | bytes, headers: Mapping[str, str]
) -> httpx2.Response:
    """Send a request as it is."""
    sent = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json", **headers}
    body: Any = {"content": content} if isinstance(content, bytes) else {"json": content}
    return httpx2.post(f"{server}/mcp", headers=sent, timeout=30, **body)


def _only(error: BaseException) -> BaseException:
    """The error in the groups that the client's tasks wrap around it."""
    while isinstance(error, BaseExceptionGroup):
        (error,) = error.exceptions
    return error
