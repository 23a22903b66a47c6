"""Fetching over a real socket: nothing is followed, nothing is read without end."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from gatepass import Key, Verifier
from gatepass.fetch import FetchError, get_json
from tests.support.clock import FakeClock
from tests.verify import forge

Page = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A web server on this machine whose pages are functions."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                page = site.pages.get(self.path)
                if page is None:
                    self.send_error(404)
                else:
                    page(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"


def answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Page:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return page


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


def test_a_json_object_comes_back(site: Site) -> None:
    site.pages["/"] = answer({"a": 1})
    assert get_json(f"{site.url}/") == {"a": 1}


@pytest.mark.advisory("GHSA-9v7f-9g4p-ffgj")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(site: Site, status: int) -> None:
    site.pages["/"] = answer(b"", status, {"Location": "/elsewhere"})
    site.pages["/elsewhere"] = answer({"a": 1})
    with pytest.raises(FetchError, match="redirects are not followed"):
        get_json(f"{site.url}/")
    assert site.asked == ["/"]


@pytest.mark.parametrize("status", [201, 204, 400, 401, 404, 500, 503])
def test_every_status_but_200_is_a_failure(site: Site, status: int) -> None:
    site.pages["/"] = answer(b"" if status == 204 else {"a": 1}, status)
    with pytest.raises(FetchError, match=str(status)):
        get_json(f"{site.url}/")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<html>", b'{"a":1,"a":2}', b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_a_failure(site: Site, body: bytes) -> None:
    site.pages["/"] = answer(body)
    with pytest.raises(FetchError):
        get_json(f"{site.url}/")


def test_an_answer_without_end_is_cut_off(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b" " * 65_536)
        except OSError:
            pass

    site.pages["/"] = endless
    with pytest.raises(FetchError, match="more than 262144 bytes"):
        get_json(f"{site.url}/")


def test_an_answer_that_drips_is_given_up_in_time(site: Site) -> None:
    done = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not done.wait(0.02):
                handler.wfile.write(b" ")
        except OSError:
            pass

    site.pages["/"] = drip
    began = time.monotonic()
    with pytest.raises(FetchError, match="not complete after"):
        get_json(f"{site.url}/", timeout=0.2)
    done.set()
    assert time.monotonic() - began < 3


def test_an_answer_that_never_comes_is_given_up_in_time(site: Site) -> None:
    done = threading.Event()

    def silent(_: BaseHTTPRequestHandler) -> None:
        done.wait(10)

    site.pages["/"] = silent
    with pytest.raises(FetchError):
        get_json(f"{site.url}/", timeout=0.2)
    done.set()


def test_a_cut_off_answer_is_a_failure(site: Site) -> None:
    site.pages["/"] = answer(b'{"a":1}', headers={"Content-Length": "100"})
    with pytest.raises(FetchError):
        get_json(f"{site.url}/", timeout=1)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "data:application/json,{}",
        "gopher://127.0.0.1/",
        "http://example.com/",
        "//127.0.0.1/",
        "",
        "http://127.0.0.1.example.com/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1:x/",
        "http://127.0.0.1:1/",
        "http:///x",
        "http://[::1/",
        7,
        None,
    ],
)
def test_other_addresses_are_never_opened(url: Any) -> None:
    with pytest.raises(FetchError):
        get_json(url, timeout=1)


def test_a_proxy_is_not_asked_for_this_machine(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    site.pages["/"] = answer({"a": 1})
    assert get_json(f"{site.url}/") == {"a": 1}


def test_a_verifier_needs_nothing_but_the_address_of_its_issuer(
    site: Site, key: Key, clock: FakeClock
) -> None:
    issuer = f"{site.url}/auth"
    site.pages["/.well-known/oauth-authorization-server/auth"] = answer(
        {"issuer": issuer, "jwks_uri": f"{issuer}/jwks"}
    )
    site.pages["/auth/jwks"] = answer({"keys": [key.public_jwk()]})
    verifier = Verifier(issuer, audience=forge.AUDIENCE, clock=clock)
    for _ in range(2):
        verifier.verify(forge.token(key, forge.good_claims(clock.now, iss=issuer)))
    assert site.asked == ["/.well-known/oauth-authorization-server/auth", "/auth/jwks"]


def test_the_address_of_the_keys_must_be_safe_too(site: Site, key: Key, clock: FakeClock) -> None:
    for uri in ("http://example.com/jwks", "file:///etc/passwd", 1):
        site.pages["/.well-known/oauth-authorization-server"] = answer({"issuer": site.url, "jwks_uri": uri})
        verifier = Verifier(site.url, audience=forge.AUDIENCE, clock=clock)
        token = forge.token(key, forge.good_claims(clock.now, iss=site.url))
        assert verifier.explain(token).code == "keys_unavailable"
