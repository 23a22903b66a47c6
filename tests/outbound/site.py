"""A site of somebody else, on this machine, over TLS: it sends exactly the bytes that a test wants."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

Answering = Callable[[socket.socket], None]


def answer(
    body: bytes, kind: str = "application/json", *, status: str = "200 OK", headers: str = ""
) -> bytes:
    """An answer as it goes over the wire; ``headers`` are lines that end in CRLF."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


@dataclass
class Site:
    """What it answers with, and what it was asked.

    Attributes:
        reply: The bytes of every answer, or a function that is given the connection.
        requests: Head and body of every request.
        connections: How many were made, even those without a request.
    """

    port: int
    reply: bytes | Answering = field(default_factory=lambda: answer(b"{}"))
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/", host: str = "keys.test") -> str:
        """An address at this site."""
        return f"https://{host}:{self.port}{path}"

    def serve(self, connection: socket.socket) -> None:
        """Answer one request."""
        with connection:
            request = b""
            while b"\r\n\r\n" not in request:
                chunk = connection.recv(65_536)
                if not chunk:
                    return
                request += chunk
            head, _, body = request.partition(b"\r\n\r\n")
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                ),
                0,
            )
            while len(body) < length:
                body += connection.recv(65_536)
            self.requests.append(head + b"\r\n\r\n" + body)
            if callable(self.reply):
                self.reply(connection)
            else:
                connection.sendall(self.reply)


@contextmanager
def running_site(certificate: Path | None) -> Iterator[Site]:
    """Serve on loopback; plain HTTP without a certificate."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    site = Site(listener.getsockname()[1])

    def attend(connection: socket.socket) -> None:
        with suppress(OSError):
            site.serve(connection if context is None else context.wrap_socket(connection, server_side=True))
        connection.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                site.connections += 1
                threading.Thread(target=attend, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
