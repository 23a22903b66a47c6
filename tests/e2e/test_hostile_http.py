"""What the test client of a framework cannot send: raw bytes to the port of a running server."""

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from gatepass_server.web.body import MAX_BODY_BYTES
from tests.support.server import Server, log_in, serving, sign_up

pytestmark = pytest.mark.xdist_group("hostile http")

BODY = b'{"email": "ann@example.com", "password": "one fine long password"}'
HEAD = b"Host: a\r\nConnection: close\r\n"
JSON = HEAD + b"Content-Type: application/json\r\n"
REQUESTS: dict[str, bytes] = {
    "a header of 100 kB": b"GET /me HTTP/1.1\r\n" + HEAD + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    "a token of 100 kB": b"GET /me HTTP/1.1\r\n" + HEAD + b"Authorization: Bearer " + b"a" * 100_000 + b"\r\n\r\n",
    "1,000 headers": b"GET /me HTTP/1.1\r\n" + HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(1_000)) + b"\r\n",
    "an address of 100 kB": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a query of raw bytes": b"GET /user?after=\xff\xfe HTTP/1.1\r\n" + HEAD + b"\r\n",
    "raw bytes in the address": b"GET /\xff\xfe HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an absolute address": b"GET http://evil.example.com/user HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an address that is a star": b"OPTIONS * HTTP/1.1\r\n" + HEAD + b"\r\n",
    "a method of its own": b"BREW /login HTTP/1.1\r\n" + HEAD + b"\r\n",
    "CONNECT": b"CONNECT /login HTTP/1.1\r\n" + HEAD + b"\r\n",
    "TRACE": b"TRACE /user HTTP/1.1\r\n" + HEAD + b"\r\n",
    "no host": b"GET /user HTTP/1.1\r\nConnection: close\r\n\r\n",
    "HTTP/1.0": b"GET /user HTTP/1.0\r\n\r\n",
    "HTTP/9.9": b"GET /user HTTP/9.9\r\n" + HEAD + b"\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "two lengths": b"POST /login HTTP/1.1\r\n" + JSON + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + BODY,
    "a length and chunks": b"POST /login HTTP/1.1\r\n" + JSON
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "broken chunks": b"POST /login HTTP/1.1\r\n" + JSON + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n0\r\n\r\n",
    "1 MB in chunks": b"POST /login HTTP/1.1\r\n" + JSON + b"Transfer-Encoding: chunked\r\n\r\n"
    + b"10000\r\n" + b"a" * 65_536 + b"\r\n" + (b"10000\r\n" + b"a" * 65_536 + b"\r\n") * 15 + b"0\r\n\r\n",
    "a body of 1 MB": b"POST /login HTTP/1.1\r\n" + JSON + b"Content-Length: 1000000\r\n\r\n" + b"a" * 1_000_000,
    "a body on a GET": b"GET /user HTTP/1.1\r\n" + JSON + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "a folded header": b"GET /user HTTP/1.1\r\n" + HEAD + b"X: a\r\n b\r\n\r\n",
    "two Authorization headers": b"GET /user HTTP/1.1\r\n" + HEAD + b"Authorization: Bearer a\r\n" * 2 + b"\r\n",
    "a NUL in a header": b"GET /user HTTP/1.1\r\n" + HEAD + b"X-Access-Token: a\0b\r\n\r\n",
    "latin-1 in a header": b"GET /user HTTP/1.1\r\n" + HEAD + b"X-Access-Token: \xff\xe9\r\n\r\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all: what one request breaks, the next one finds."""
    with serving(tmp_path_factory.mktemp("hostile")) as server:
        assert sign_up(server.url).status_code == 201
        yield server


def exchange(server: Server, request: bytes) -> bytes:
    """Send bytes, and read until the server has said everything."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        answer = b""
        with suppress(ConnectionError):  # it has heard enough, and may have answered
            connection.sendall(request)
        with suppress(ConnectionError):
            while chunk := connection.recv(65_536):
                answer += chunk
        return answer


@pytest.mark.parametrize("name", REQUESTS)
def test_raw_bytes_get_a_refusal_and_never_a_fault(server: Server, name: str) -> None:
    answer = exchange(server, REQUESTS[name])
    if answer:  # an empty answer is a closed connection: what is no HTTP deserves no more
        status = int(answer.split(b" ", 2)[1])
        assert 400 <= status < 500
    assert log_in(server.url).status_code == 201


def test_a_chunked_body_is_read_as_any_other(server: Server) -> None:
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
    answer = exchange(
        server, b"POST /login HTTP/1.1\r\n" + JSON + b"Transfer-Encoding: chunked\r\n\r\n" + chunks
    )
    assert answer.startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize(("more", "status"), [(0, b"201"), (1, b"413")])
def test_a_chunked_body_is_not_cut_off_at_the_limit_but_refused(
    server: Server, more: int, status: bytes
) -> None:
    whole = BODY + b" " * (MAX_BODY_BYTES - len(BODY) + more)
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(whole), whole)
    answer = exchange(
        server, b"POST /login HTTP/1.1\r\n" + JSON + b"Transfer-Encoding: chunked\r\n\r\n" + chunks
    )
    assert answer.split(b" ", 2)[1] == status


def test_a_body_that_never_comes_does_not_hold_up_others(server: Server) -> None:
    waiting = b"POST /login HTTP/1.1\r\n" + JSON + b"Content-Length: 1000\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(waiting)
        assert log_in(server.url).status_code == 201


def test_the_log_of_all_this_knows_no_fault(server: Server) -> None:
    log = server.log.read_text(errors="replace")
    assert '"level":"error"' not in log
    assert "Traceback" not in log
