"""Something between a program and PostgreSQL that tells the program what became of the server."""

import select
import shutil
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import make_url

_FIELDS = b"SFATAL\0VFATAL\0C08P01\0Mserver conn crashed?\0\0"
_LOST = b"E" + struct.pack("!I", 4 + len(_FIELDS)) + _FIELDS


class Pooler:
    """Passes on what both say, as PgBouncer does, and says what that says when it has lost the server.

    Attributes:
        url: Its address.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self._server = make_url(url)
        query = {**self._server.query, "host": str(folder)}
        self.url = self._server.set(host=None, port=None, query=query).render_as_string(hide_password=False)
        self._last_words: bytes | None = None
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        threading.Thread(target=self._run, name="pooler", daemon=True).start()

    def loses_the_server_at(self, words: bytes) -> None:
        """Have it lose the server after that has done what these words of the program ask."""
        self._last_words = words

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                program, _ = self._listener.accept()
            except OSError:
                return
            server = self._connect()
            threading.Thread(target=self._pass_on, args=(program, server), daemon=True).start()

    def _connect(self) -> socket.socket:
        folder = self._server.query.get("host")
        port = self._server.port or 5432
        if folder is None:
            return socket.create_connection((self._server.host or "127.0.0.1", port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{folder}/.s.PGSQL.{port}")
        return server

    def _pass_on(self, program: socket.socket, server: socket.socket) -> None:
        is_lost = False
        with program, server:
            while True:
                for one in select.select([program, server], [], [])[0]:
                    said = one.recv(65536)
                    if not said:
                        return
                    if one is server and is_lost:
                        program.sendall(_LOST)
                        return
                    is_lost = is_lost or (self._last_words is not None and self._last_words in said)
                    (server if one is program else program).sendall(said)


@contextmanager
def pooler_before(url: str) -> Iterator[Pooler]:
    """One before the server of an address, for those who come by a Unix socket."""
    folder = Path(tempfile.mkdtemp(prefix="gatepass-pool-"))  # short: see ``postgres.py``
    try:
        with closing(Pooler(url, folder)) as pooler:
            yield pooler
    finally:
        shutil.rmtree(folder, ignore_errors=True)
