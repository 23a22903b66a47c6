"""Clients that dawdle, or speak what the server does not: they cost others nothing."""

import socket
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from tests.support.server import Server, serving, sign_up

H2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
"""RFC 9113 section 3.4: what a client opens with that knows beforehand, and empty settings."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("slow")) as server:
        assert sign_up(server.url).status_code == 201
        yield server


def exchange(server: Server, request: bytes) -> bytes:
    """Send bytes, and read until the server has said everything."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        answer = b""
        with suppress(ConnectionError):
            connection.sendall(request)
            while chunk := connection.recv(65_536):
                answer += chunk
        return answer


def test_http_2_is_refused(server: Server) -> None:
    answer = exchange(server, H2_PREFACE)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
    assert httpx.get(f"{server.url}/healthz", timeout=2).status_code == 200
