"""A client that costs next to nothing: prebuilt requests on raw sockets that stay open, from one thread.

It shares the cores with the server that it measures, hence no library.
"""

import json
import select
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

TIMEOUT = 30.0


def request(method: str, path: str, body: Mapping[str, str] | None = None, *, token: str = "") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: bench"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    content = b""
    if body is not None:
        content = json.dumps(body).encode()
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Connection:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._head = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, message: bytes) -> None:
        self._socket.sendall(message)

    def receive(self) -> tuple[int, bytes] | None:
        """Read what is there; status and body once the answer is whole."""
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("The server closed the connection.")
        self._received += chunk
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return None
        self._received = b""
        self._head = head
        return int(head[9:12]), body

    def ask(self, message: bytes) -> tuple[int, bytes]:
        """Send, and wait for the whole answer."""
        self.send(message)
        while (answer := self.receive()) is None:
            pass
        return answer

    def ask_json(self, message: bytes, *, status: int) -> Any:
        """Send, and give the JSON of an answer that must have ``status``."""
        found, body = self.ask(message)
        if found != status:
            raise RuntimeError(f"Expected {status}, got {found}: {body.decode(errors='replace')}")
        return json.loads(body)

    def ask_header(self, message: bytes, name: bytes, *, status: int) -> str:
        """Send, and give a header of an answer that must have ``status``."""
        found, body = self.ask(message)
        if found != status:
            raise RuntimeError(f"Expected {status}, got {found}: {body.decode(errors='replace')}")
        return self.header(name)

    def header(self, name: bytes) -> str:
        """A header of the answer that was received last; ``name`` in small letters."""
        for line in self._head.split(b"\r\n"):
            key, _, value = line.partition(b":")
            if key.lower() == name:
                return value.strip().decode("ascii")
        raise RuntimeError(f"The answer has no header {name.decode()}.")


@dataclass(frozen=True, slots=True)
class Load:
    """What came of keeping a server busy."""

    answered: int
    refused: int
    seconds: float

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answered / self.seconds


def keep_busy(
    connections: list[Connection], messages: Iterator[bytes], seconds: float, *, status: int
) -> Load:
    """Keep a request under way on every connection for ``seconds``.

    Every answer must have ``status``, or be a 503, which is counted apart. The clock runs from the first
    request to the last answer.
    """
    poll = select.epoll()
    by_number = {connection.fileno(): connection for connection in connections}
    count = {status: 0, 503: 0}
    try:
        begun = time.perf_counter()
        for connection in connections:
            poll.register(connection.fileno(), select.EPOLLIN)
            connection.send(next(messages))
        waiting = len(connections)
        while waiting:
            for number, _ in poll.poll(TIMEOUT) or _nothing():
                answer = by_number[number].receive()
                if answer is None:
                    continue
                if answer[0] not in count:
                    raise RuntimeError(f"Expected {status}, got {answer[0]}: {answer[1][:500]!r}")
                count[answer[0]] += 1
                if time.perf_counter() - begun < seconds:
                    by_number[number].send(next(messages))
                else:
                    waiting -= 1
        return Load(count[status], count[503], time.perf_counter() - begun)
    finally:
        poll.close()


def _nothing() -> list[tuple[int, int]]:
    raise TimeoutError(f"No answer within {TIMEOUT:.0f} s.")


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0
