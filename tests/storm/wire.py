"""HTTP for a crowd: one request on one connection, which may be dropped at any moment."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PATIENCE = 60.0
"""Seconds for an answer. A machine that does other things as well is no fault of the server."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Its JSON."""
        return json.loads(self.body)


def message(method: str, path: str, body: Mapping[str, str] | None = None, *, token: str = "") -> bytes:
    """The bytes of a request, whose connection is closed after the answer."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    content = b"" if body is None else json.dumps(body).encode()
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


async def ask(port: int, request: bytes) -> Answer:
    """Send a request and read the whole answer.

    Raises:
        OSError: the server could not be reached, or closed the connection before the answer was whole.
    """
    async with _connection(port) as (reader, writer):
        writer.write(request)
        return _parsed(await asyncio.wait_for(reader.read(), PATIENCE))


async def ask_and_close_at_the_first_byte(port: int, request: bytes) -> None:
    """Send a request, and close the socket when its answer begins to arrive."""
    async with _connection(port) as (reader, writer):
        writer.write(request)
        await asyncio.wait_for(reader.read(1), PATIENCE)


async def ask_and_close_at_once(port: int, request: bytes, *, seconds: float) -> None:
    """Send a request, and close the socket after so many seconds, whatever the server has done by then."""
    async with _connection(port) as (reader, writer):
        writer.write(request)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(1), seconds)


@asynccontextmanager
async def _connection(port: int) -> "AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]":
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()  # not a farewell: the connection is gone


def _parsed(received: bytes) -> Answer:
    head, end, body = received.partition(b"\r\n\r\n")
    if not end or len(body) < _length(head):
        raise ConnectionError("the answer was cut off")
    return Answer(int(head[9:12]), body)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
