"""Which tools a request calls, read before the SDK reads it.

Only so that a refusal can be an answer of HTTP, which clients understand as a call to ask for more scopes. What is not
recognised here is judged again where the tool runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]

MAX_BODY: Final = 4 * 1024 * 1024
"""Bytes of a request that are read ahead; the SDK refuses longer ones by default."""

_decode = msgspec.json.Decoder().decode


async def read_ahead(receive: Receive) -> tuple[bytes, Receive]:
    """Read the body of a request, as far as it is not too long.

    Returns:
        The body, empty if it is too long or breaks off, and what gives all that was read once more, and then the rest.
    """
    read: list[Message] = []
    body = bytearray()
    complete = False
    while not complete and len(body) <= MAX_BODY:
        message = await receive()
        read.append(message)
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        complete = not message.get("more_body", False)
    again = iter(read)

    async def replay() -> Message:
        for message in again:
            return message
        return await receive()

    return bytes(body) if complete else b"", replay


def called_tools(body: bytes) -> list[str]:
    """The names of the tools that a JSON-RPC message calls, or several in a list."""
    try:
        content = _decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return []
    messages = content if isinstance(content, list) else [content]
    return [
        name
        for message in messages
        if isinstance(message, dict) and message.get("method") == "tools/call"
        if isinstance(parameters := message.get("params"), dict)
        if isinstance(name := parameters.get("name"), str)
    ]
