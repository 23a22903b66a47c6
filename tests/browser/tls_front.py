"""TLS in front of a plain server on this machine, as a reverse proxy would put it there."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Tamper = Callable[[bytes], bytes]
_PIECE = 65_536


def _unchanged(data: bytes) -> bytes:
    return data


@contextmanager
def tls_front(port: int, upstream: int, certificate: Path, tamper: Tamper = _unchanged) -> Iterator[None]:
    """Listen on ``port`` with TLS, and hand everything on to ``upstream``.

    Args:
        port: of this machine.
        upstream: another port of it.
        certificate: PEM with the key in the same file.
        tamper: changes each piece of what the server says.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", port), backlog=64) as listener:

        def accept() -> None:
            with suppress(OSError):  # closed: the end
                while True:
                    client, _ = listener.accept()
                    threading.Thread(target=serve, args=(client,), daemon=True).start()

        def serve(plain: socket.socket) -> None:
            with (
                suppress(OSError),
                plain,
                context.wrap_socket(plain, server_side=True) as client,
                socket.create_connection(("127.0.0.1", upstream)) as server,
            ):
                back = threading.Thread(target=relay, args=(server, client, tamper), daemon=True)
                back.start()
                relay(client, server, _unchanged)
                back.join()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def relay(source: socket.socket, target: socket.socket, tamper: Tamper) -> None:
    with suppress(OSError):  # either side went away
        while data := source.recv(_PIECE):
            target.sendall(tamper(data))
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
