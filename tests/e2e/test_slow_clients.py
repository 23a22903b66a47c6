"""Clients that dawdle, and what HTTP/1 allows between a client and the application."""

import json
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from gatepass_server.web.body import MAX_BODY_BYTES
from tests.support.server import Server, clean_environment, free_port, log_in, serving, sign_up

POST = b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
STALLED = {
    "a length": POST + b"Content-Length: 60000\r\n\r\n{",
    "chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    "headers": POST,
    "nothing": b"",
}
H2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
"""RFC 9113 section 3.4: what a client opens with that knows beforehand, and empty settings."""

BODY_SECONDS = 0.5
"""How long the echo server waits for a body."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("slow")) as server:
        assert sign_up(server.url).status_code == 201
        yield server


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server with our shell and an application that tells what reached it."""
    port, log = free_port(), tmp_path_factory.mktemp("echo") / "log"
    program = [sys.executable, str(Path(__file__).with_name("echo_server.py")), str(port), str(BODY_SECONDS)]
    with log.open("wb") as out, subprocess.Popen(program, env=clean_environment(), stderr=out) as process:
        try:
            deadline = monotonic() + 30
            while True:
                with suppress(OSError):
                    assert exchange(port, b"GET / HTTP/1.0\r\n\r\n")
                    break
                assert process.poll() is None, log.read_text()
                assert monotonic() < deadline
                sleep(0.02)
            yield port
        finally:
            process.terminate()
            assert process.wait(10) == 0
    assert "Traceback" not in log.read_text()


def exchange(port: int, request: bytes, *, timeout: float = 5) -> bytes:
    """Send bytes, and read until the server has said everything."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        with suppress(ConnectionError):  # it has heard enough, and may have answered
            connection.sendall(request)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    answer = b""
    with suppress(ConnectionError):
        while chunk := connection.recv(65_536):
            answer += chunk
    return answer


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def heard(port: int, head: bytes, body: bytes = b"") -> dict[str, Any]:
    """What the application was told of a request."""
    answer = exchange(port, head + b"Connection: close\r\n\r\n" + body)
    assert status_of(answer) == 200
    told: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return told


@pytest.mark.parametrize("sent", STALLED.values(), ids=STALLED)
def test_eighty_stalled_clients_hold_nobody_up(server: Server, sent: bytes) -> None:
    with ExitStack() as stalled:
        for _ in range(80):
            connection = stalled.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            connection.sendall(sent)
        begun = monotonic()
        assert httpx.get(f"{server.url}/healthz", timeout=5).status_code == 200
        assert log_in(server.url).status_code == 201
        assert monotonic() - begun < 2


def test_idle_connections_that_were_answered_hold_nobody_up(server: Server) -> None:
    with ExitStack() as idle:
        for _ in range(200):
            connection = idle.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5))
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert status_of(connection.recv(65_536)) == 200
        begun = monotonic()
        assert log_in(server.url).status_code == 201
        assert monotonic() - begun < 2


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_worker_takes_no_more_connections_than_it_has_files_for(tmp_path: Path) -> None:
    server = Server(tmp_path)
    # In time: it has not imported Granian yet, which takes all the files it may have.
    resource.prlimit(server._process.pid, resource.RLIMIT_NOFILE, (256, 256))
    try:
        server.wait_until_ready()
        opened = Path(f"/proc/{server._process.pid}/fd")
        with ExitStack() as idle:
            for _ in range(400):
                idle.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            before, now = 0, len(list(opened.iterdir()))
            while now > before:
                sleep(0.05)
                before, now = now, len(list(opened.iterdir()))
            assert 64 < now < 200
        assert httpx.get(f"{server.url}/healthz", timeout=5).status_code == 200
    finally:
        server.kill()


def test_http_2_is_refused(server: Server) -> None:
    answer = exchange(server.port, H2_PREFACE)
    assert answer == b"" or status_of(answer) == 400
    assert httpx.get(f"{server.url}/healthz", timeout=2).status_code == 200


@pytest.mark.parametrize("what", ["a length", "chunks"])
def test_a_body_that_does_not_come_in_time_is_answered_408_and_the_connection_closed(
    echo: int, what: str
) -> None:
    begun = monotonic()
    answer = exchange(echo, STALLED[what])
    assert BODY_SECONDS <= monotonic() - begun < BODY_SECONDS + 2
    assert status_of(answer) == 408
    assert b"application/problem+json" in answer


def test_a_byte_now_and_then_gains_no_time(echo: int) -> None:
    with socket.create_connection(("127.0.0.1", echo), timeout=5) as connection:
        connection.sendall(STALLED["a length"])
        connection.setblocking(False)
        deadline = monotonic() + 5
        answer = b""
        while not answer and monotonic() < deadline:
            try:
                answer = connection.recv(65_536)
            except BlockingIOError:
                connection.sendall(b" ")
                sleep(0.02)
    assert status_of(answer) == 408


def test_clients_that_leave_within_their_body_leave_nothing_behind(echo: int) -> None:
    for _ in range(200):
        with socket.create_connection(("127.0.0.1", echo)) as connection:
            connection.sendall(STALLED["a length"])
    assert heard(echo, b"GET / HTTP/1.1\r\nHost: a\r\n")["PATH_INFO"] == "/"


@pytest.mark.parametrize("what", ["a length", "chunks"])
def test_a_body_that_breaks_off_does_not_reach_the_application(echo: int, what: str) -> None:
    with socket.create_connection(("127.0.0.1", echo), timeout=5) as connection:
        connection.sendall(STALLED[what])
        connection.shutdown(socket.SHUT_WR)
        answer = read_all(connection)
    assert answer == b"" or status_of(answer) == 400


def test_a_name_with_an_underscore_does_not_pass_for_one_with_a_dash(echo: int) -> None:
    names = (b"X-Forwarded-For", b"X_Forwarded_For", b"x_forwarded-for", b"Content_Length", b"Content_Type")
    head = b"".join(b"%b: %d\r\n" % (name, number) for number, name in enumerate(names))
    told = heard(echo, b"GET / HTTP/1.1\r\nHost: a\r\n" + head)
    assert told["HTTP_X_FORWARDED_FOR"] == "0"
    assert told.keys() & {"CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_CONTENT_LENGTH"} == set()


def test_behind_a_proxy_an_underscore_does_not_switch_the_limit_of_an_address_off(tmp_path: Path) -> None:
    with serving(tmp_path, trusted_proxies="1", login_failures_per_address="2") as server:
        statuses = [
            httpx.post(
                f"{server.url}/login",
                json={"email": f"u{number}@example.com", "password": "wrong by far"},
                headers={"X-Forwarded-For": "203.0.113.1", "X_Forwarded_For": f"203.0.113.{number}"},
            ).status_code
            for number in range(4)
        ]
    assert statuses == [403, 403, 429, 429]


def test_headers_that_come_twice_are_joined(echo: int) -> None:
    told = heard(
        echo,
        b"GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nx-one: 2\r\nX-One: 3\r\nCookie: a=1\r\nCookie: b=2\r\n",
    )
    assert told["HTTP_X_ONE"] == "1, 2, 3"
    assert told["HTTP_COOKIE"] == "a=1; b=2"


@pytest.mark.parametrize(
    ("address", "path", "query"),
    [
        (b"/", "/", ""),
        (b"/a%20b?c=%20d&e", "/a b", "c=%20d&e"),
        (b"/%C3%A9", "/\u00c3\u00a9", ""),
        (b"/\xc3\xa9?\xc3\xa9", "/\u00c3\u00a9", "\u00c3\u00a9"),
        (b"/a%2Fb%00", "/a/b\0", ""),
        (b"//a/../b", "//a/../b", ""),
        (b"http://b.example.com/c?d", "/c", "d"),
    ],
)
def test_an_address_reaches_the_application_as_wsgi_has_it(
    echo: int, address: bytes, path: str, query: str
) -> None:
    told = heard(echo, b"GET " + address + b" HTTP/1.1\r\nHost: a\r\n")
    assert (told["SCRIPT_NAME"], told["PATH_INFO"], told["QUERY_STRING"]) == ("", path, query)


def test_the_caller_has_an_address_and_the_server_a_name(echo: int) -> None:
    told = heard(echo, b"GET / HTTP/1.1\r\nHost: a\r\n")
    assert told["REMOTE_ADDR"] == "127.0.0.1"
    assert (told["SERVER_NAME"], told["SERVER_PORT"]) == ("127.0.0.1", str(echo))
    assert (told["SERVER_PROTOCOL"], told["wsgi.url_scheme"]) == ("HTTP/1.1", "http")
    assert not any(name.startswith("GATEPASS") or name == "PATH" for name in told)


def test_http_1_0_is_answered(echo: int) -> None:
    told = heard(echo, b"POST / HTTP/1.0\r\nContent-Length: 2\r\n", b"ab")
    assert (told["SERVER_PROTOCOL"], told["body"]) == ("HTTP/1.0", "ab")


def test_a_head_gets_the_headers_of_a_get_and_no_body(server: Server, echo: int) -> None:
    for port in (server.port, echo):
        request = b" /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        head, _, body = exchange(port, b"HEAD" + request).partition(b"\r\n\r\n")
        assert status_of(head) == 200
        assert body == b""
        assert int(head.lower().partition(b"content-length: ")[2].split()[0]) > 2


@pytest.mark.parametrize(
    "read",
    [
        lambda body: b"Content-Length: %d\r\n\r\n" % len(body) + body,
        lambda body: b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body),
    ],
    ids=["a length", "chunks"],
)
def test_one_byte_too_much_of_a_body_is_answered_413(server: Server, read: Callable[[bytes], bytes]) -> None:
    for size, status in [(MAX_BODY_BYTES, 400), (MAX_BODY_BYTES + 1, 413)]:
        answer = exchange(server.port, POST + b"Connection: close\r\n" + read(b" " * size))
        assert status_of(answer) == status
        assert b"application/problem+json" in answer


def test_a_length_that_is_too_large_is_answered_before_the_body_comes(server: Server) -> None:
    begun = monotonic()
    answer = exchange(server.port, POST + b"Connection: close\r\nContent-Length: 9999999\r\n\r\n")
    assert status_of(answer) == 413
    assert b'"body_too_large"' in answer
    assert monotonic() - begun < 2


def test_a_client_that_asks_whether_to_go_on_is_told_to(echo: int) -> None:
    with socket.create_connection(("127.0.0.1", echo), timeout=5) as connection:
        connection.sendall(
            b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        assert connection.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ab")
        assert json.loads(read_all(connection).partition(b"\r\n\r\n")[2])["body"] == "ab"


def test_a_client_that_asks_with_too_large_a_body_is_told_not_to(server: Server) -> None:
    answer = exchange(
        server.port, POST + b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n"
    )
    assert status_of(answer) == 413


def test_requests_that_come_at_once_are_answered_in_turn(echo: int) -> None:
    requests = [
        b"POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n%d" % (number, number)
        for number in range(9)
    ]
    answer = exchange(echo, b"".join(requests) + b"GET /9 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    found = [answer.index(b'"PATH_INFO": "/%d"' % number) for number in range(10)]
    assert found == sorted(found)
    assert answer.count(b"HTTP/1.1 200 OK") == 10


def test_lengths_that_say_the_same_are_read_and_others_refused(echo: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n"
    assert status_of(exchange(echo, head + b"Content-Length: 3\r\n\r\nabc")) == 400
    answer = exchange(echo, head + b"Content-Length: 2\r\n\r\nab")
    assert status_of(answer) == 400 or json.loads(answer.partition(b"\r\n\r\n")[2])["body"] == "ab"
