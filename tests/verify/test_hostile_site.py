"""Servers that answer in order to hang, to mislead or to fill the log."""

import http.server
import logging
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gatepass import Key, Verifier
from gatepass.address import checked_url
from gatepass.deadline import Deadline
from gatepass.discovery import IssuerKeys
from gatepass.fetch import FetchError, get_json
from tests.support.clock import FakeClock
from tests.verify import forge

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

Serve = Callable[[bytes, bytes], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(first, again)``: a server that sends ``first`` once and ``again`` for ever; its address."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def start(first: bytes, again: bytes) -> str:
        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    connection.recv(4096)
                    connection.sendall(first)
                    while again and not over.wait(0.05):
                        connection.sendall(again)
                except OSError:
                    pass

        threads.append(threading.Thread(target=answer, daemon=True))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    over.set()
    listener.close()
    for thread in threads:
        thread.join(5)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"HTTP/1.1 200 ", b"O"),
        (OK, b"X-A: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (CHUNKED, b"0"),
        (CHUNKED, b"1\r\n \r\n"),
        (CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n"),
        (OK + b"Content-Length: 10000\r\n\r\n", b" "),
    ],
    ids=["status line", "headers", "100 Continue", "chunk size", "chunks", "trailers", "body"],
)
def test_a_drip_ends_when_the_time_is_up(serve: Serve, first: bytes, again: bytes) -> None:
    url = serve(first, again)
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"not complete after 0\.3 s"):
        get_json(url, timeout=0.3)
    assert time.monotonic() - began < 2


def test_a_name_that_is_looked_up_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def slow(*_: object, **__: object) -> list[Any]:
        over.wait(5)
        raise OSError("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(FetchError, match="not complete"):
        get_json("https://a.example/", timeout=0.1)
    over.set()


def test_a_connection_opened_after_the_time_is_closed_at_once() -> None:
    deadline: Deadline[None] = Deadline(0.05)
    gate, outcome = threading.Event(), []
    done = threading.Event()

    def work() -> None:
        gate.wait(5)
        with socket.socket() as late:
            try:
                deadline.watch(late)
            except TimeoutError:
                outcome.append("refused")
        done.set()

    with pytest.raises(TimeoutError):
        deadline.run(work)
    gate.set()
    assert done.wait(5)
    assert outcome == ["refused"]


def test_the_log_shows_what_a_server_sent_escaped_and_cut(serve: Serve) -> None:
    url = serve(b"\x1b[31mFAKE\rtoken accepted for admin" + b"A" * 60_000 + b"\n", b"")
    with pytest.raises(FetchError) as caught:
        get_json(url, timeout=2)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "x\x1b\n" * 50_000},
        {"issuer": [[["x" * 9_000]]]},
        {"issuer": forge.ISSUER, "jwks_uri": "https://" + "x" * 200_000},
        {"issuer": forge.ISSUER, "jwks_uri": "ftp://" + "x" * 200_000},
    ],
    ids=["issuer", "no string", "jwks_uri", "scheme"],
)
def test_metadata_are_quoted_shortly(
    metadata: dict[str, Any], key: Key, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gatepass")

    def fetch(url: str) -> dict[str, Any]:
        return metadata if "well-known" in url else get_json(url, timeout=0.1)

    source = IssuerKeys(forge.ISSUER, fetch=fetch, monotonic=clock)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)
    report = verifier.explain(forge.token(key, forge.good_claims(clock.now)))
    assert report.code == "keys_unavailable"
    assert len(str(report)) < 4_000
    assert len(caplog.text) < 1_500
    assert "\x1b" not in caplog.text


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1%2eevil.com]/",
        "http://[::1].evil.com/",
        "http://[::1]evil.com/",
        "http://[::1]evil.com:80/",
        "http://[::1%25x]/",
        "https://[v1.x]/",
        "https://%61.example/",
        "http://localhost\\.evil.com/",
        "https://a.example:/",
        "https://a&b.example/",
    ],
)
def test_the_host_that_is_checked_is_the_host_that_is_asked(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        checked_url(url)


@pytest.mark.parametrize("uri", ["http://127.0.0.1:6379/x", "http://localhost/jwks"])
def test_an_issuer_elsewhere_cannot_send_to_this_machine(uri: str, key: Key, clock: FakeClock) -> None:
    asked: list[str] = []

    def fetch(url: str) -> dict[str, Any]:
        asked.append(url)
        return {"issuer": forge.ISSUER, "jwks_uri": uri, "keys": [key.public_jwk()]}

    source = IssuerKeys(forge.ISSUER, fetch=fetch, monotonic=clock)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)
    report = verifier.explain(forge.token(key, forge.good_claims(clock.now)))
    assert report.code == "keys_unavailable"
    assert uri not in asked
    assert "plain http" in str(report)


def test_certificates_are_checked_even_where_a_program_switched_that_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout k -out c",
        shell=True,
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"a":1}')

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "c", tmp_path / "k")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # the client hangs up, as it should
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        monkeypatch.setattr(ssl, "_create_default_https_context", ssl._create_unverified_context)
        with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED"):
            get_json(f"https://localhost:{server.server_port}/", timeout=5)
        server.shutdown()
