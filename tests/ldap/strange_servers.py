"""What may listen where a directory should."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Serve = Callable[[socket.socket, "Strange"], None]


@dataclass
class Strange:
    """An address, and what arrived there."""

    url: str
    heard: bytearray = field(default_factory=bytearray)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def listen(self, connection: socket.socket) -> bytes:
        """The next message, or what there is of it; empty if nothing comes any more."""
        data = connection.recv(65_536)
        self.heard += data
        return data


@contextmanager
def strange(serve: Serve) -> Iterator[Strange]:
    """Serve every connection in a thread of its own until the test is over."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = Strange(f"ldap://127.0.0.1:{listener.getsockname()[1]}")

        def one(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.settimeout(10)
                serve(connection, found)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    found.connections += 1
                    threading.Thread(target=one, args=(connection,), daemon=True).start()

        acceptor = threading.Thread(target=accept, daemon=True)
        acceptor.start()
        try:
            yield found
        finally:
            found.over.set()
            listener.shutdown(socket.SHUT_RDWR)
            acceptor.join(timeout=10)


def silent(_connection: socket.socket, server: Strange) -> None:
    """Says nothing."""
    server.over.wait(10)


def dropping(connection: socket.socket, server: Strange) -> None:
    """Hangs up after the first message."""
    server.listen(connection)


def dripping(connection: socket.socket, server: Strange) -> None:
    """Promises a message, and sends a byte of it now and then: no wait for the next byte is ever long."""
    server.listen(connection)
    connection.sendall(b"\x30\x84\x00\x0f\xff\xff")
    while not server.over.wait(0.05):
        connection.sendall(b"\0")


def flooding(connection: socket.socket, server: Strange) -> None:
    """Promises four gigabytes, and sends them."""
    server.listen(connection)
    connection.sendall(b"\x30\x84\xff\xff\xff\xff")
    while not server.over.is_set():
        connection.sendall(bytes(65_536))


def saying(answer: bytes) -> Serve:
    """Answers every message so, with the number of the message put in for ``ID``."""

    def serve(connection: socket.socket, server: Strange) -> None:
        while heard := server.listen(connection):
            connection.sendall(answer.replace(b"ID", _number(heard)))

    return serve


def showing(entry: bytes, result: int) -> Serve:
    """Takes every password, and answers every search with an entry and a result."""

    def serve(connection: socket.socket, server: Strange) -> None:
        while heard := server.listen(connection):
            number = _number(heard)
            ended = number + b"\x65\x07\x0a\x01" + bytes((result,)) + b"\x04\x00\x04\x00"
            bound = number + b"\x61\x07\x0a\x01\x00\x04\x00\x04\x00"
            is_search = b"objectClass" in heard
            answers = (number + entry, ended) if is_search else (bound,)
            connection.sendall(b"".join(b"\x30" + bytes((len(one),)) + one for one in answers))

    return serve


def entry(dn: bytes, **attributes: bytes) -> bytes:
    """A small entry as a search answers it (RFC 4511 section 4.5.2)."""
    listed = b"".join(
        _element(0x30, _element(0x04, name.encode()) + _element(0x31, _element(0x04, value)))
        for name, value in attributes.items()
    )
    return _element(0x64, _element(0x04, dn) + _element(0x30, listed))


def _element(tag: int, content: bytes) -> bytes:
    return bytes((tag, len(content))) + content


def _number(message: bytes) -> bytes:
    """The element with the message's number (RFC 4511 section 4.1.1), padded to four bytes in all."""
    start = 2 if message[1] < 0x80 else 2 + (message[1] & 0x7F)
    size = message[start + 1]
    value = int.from_bytes(message[start + 2 : start + 2 + size], "big")
    return b"\x02\x02" + value.to_bytes(2, "big")
