"""What comes back is bounded, and taken as little as it can be."""

import gzip
import socket
import threading
import time
from contextlib import suppress

import pytest

from gatepass_server.domain.allowed_places import parse_allowed_places
from gatepass_server.outbound.client import Outbound
from gatepass_server.outbound.errors import Crowded, Unreachable
from tests.outbound.conftest import Going, Names
from tests.outbound.site import Site, answer, running_site


def test_a_document_comes_with_its_headers(site: Site, going: Going) -> None:
    site.reply = answer(b'{"a":1}', headers='ETag: "1"\r\nCache-Control: max-age=60\r\n')
    reply = going().get(site.url("/keys?x=y"))
    assert (reply.status, reply.body, reply.headers["cache-control"]) == (200, b'{"a":1}', "max-age=60")
    head = site.requests[0].decode()
    assert head.startswith("GET /keys?x=y HTTP/1.1\r\n")
    assert f"Host: keys.test:{site.port}\r\n" in head
    assert "Accept-Encoding: identity\r\n" in head
    assert "cookie" not in head.lower()
    assert "authorization" not in head.lower()


def test_no_cookie_of_one_answer_goes_along_with_the_next_request(site: Site, going: Going) -> None:
    outbound = going()
    site.reply = answer(b"{}", headers="Set-Cookie: a=b\r\n")
    outbound.get(site.url())
    outbound.get(site.url())
    assert b"cookie" not in site.requests[1].lower()


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_a_redirect_is_not_followed(site: Site, going: Going, status: str) -> None:
    site.reply = answer(b"{}", status=status, headers=f"Location: https://keys.test:{site.port}/other\r\n")
    with pytest.raises(Unreachable, match=f"status {status[:3]}") as caught:
        going().get(site.url())
    assert caught.value.status == int(status[:3])
    assert going().post_form(site.url(), {"a": "b"}) == int(status[:3])
    assert [request.split(b" ")[1] for request in site.requests] == [b"/", b"/"]


@pytest.mark.parametrize(
    "status", ["201 Created", "204 No", "206 Partial", "304 Not Modified", "404 Not", "500 Oh"]
)
def test_only_200_is_an_answer(site: Site, going: Going, status: str) -> None:
    site.reply = answer(b"" if status[:3] in {"204", "304"} else b"{}", status=status)
    with pytest.raises(Unreachable, match=f"status {status[:3]}"):
        going().get(site.url())


@pytest.mark.parametrize("declared", [True, False])
def test_a_huge_body_is_given_up(site: Site, going: Going, declared: bool) -> None:
    def flood(connection: socket.socket) -> None:
        length = "Content-Length: 9999999999\r\n" if declared else ""
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{length}\r\n".encode())
        with suppress(OSError):
            for _ in range(100_000):
                connection.sendall(b"[" * 65_536)

    site.reply = flood
    with pytest.raises(Unreachable, match="more than 5120 bytes"):
        going().get(site.url(), max_bytes=5120)


def test_chunks_are_counted_like_any_body(site: Site, going: Going) -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        with suppress(OSError):
            for _ in range(100_000):
                connection.sendall(b"1000\r\n" + b"[" * 4096 + b"\r\n")

    site.reply = flood
    with pytest.raises(Unreachable, match="more than"):
        going().get(site.url())


def test_a_body_of_exactly_the_limit_is_taken(site: Site, going: Going) -> None:
    site.reply = answer(b'"' + b"a" * 98 + b'"')
    assert len(going().get(site.url(), max_bytes=100).body) == 100


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "x-gzip, identity"])
def test_a_compressed_answer_is_not_unpacked(site: Site, going: Going, encoding: str) -> None:
    site.reply = answer(gzip.compress(b" " * 10_000_000), headers=f"Content-Encoding: {encoding}\r\n")
    with pytest.raises(Unreachable, match="compressed"):
        going().get(site.url())


@pytest.mark.parametrize(
    "kind", ["text/html", "text/plain", "image/svg+xml", "application/javascript", "text/x+json", ""]
)
def test_another_content_type_is_refused(site: Site, going: Going, kind: str) -> None:
    site.reply = answer(b"{}", kind)
    with pytest.raises(Unreachable, match="content type"):
        going().get(site.url())


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/jwk-set+json"]
)
def test_json_by_any_of_its_names_is_taken(site: Site, going: Going, kind: str) -> None:
    site.reply = answer(b"{}", kind)
    assert going().get(site.url()).body == b"{}"


def test_a_slow_drip_ends_in_time(site: Site, going: Going) -> None:
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
        )
        with suppress(OSError):
            while not over.wait(0.05):
                connection.sendall(b" ")

    site.reply = drip
    began = time.monotonic()
    with pytest.raises(Unreachable, match="not complete in time"):
        going(timeout=0.5).get(site.url())
    over.set()
    assert time.monotonic() - began < 5


def test_endless_headers_end_in_time_or_in_number(site: Site, going: Going) -> None:
    def headers(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        with suppress(OSError):
            for number in range(1_000_000):
                connection.sendall(b"X-%d: y\r\n" % number)

    site.reply = headers
    with pytest.raises(Unreachable, match="not HTTP"):
        going().get(site.url())


def test_endless_interim_answers_end_in_time(site: Site, going: Going) -> None:
    def interim(connection: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    site.reply = interim
    with pytest.raises(Unreachable, match="not complete in time"):
        going(timeout=0.5).get(site.url())


def test_a_resolver_that_hangs_is_not_waited_for(going: Going) -> None:
    over = threading.Event()

    def hang(_: str) -> list[str]:
        over.wait(30)
        return []

    outbound = going(resolver=hang, timeout=0.2, slots=1)
    with pytest.raises(Unreachable, match="not complete in time"):
        outbound.get("https://keys.test/")
    with pytest.raises(Crowded):  # its thread still runs, so its slot is not free
        outbound.get("https://keys.test/")
    over.set()


def test_a_silent_handshake_is_cut_off(names: Names, going: Going) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Unreachable, match="not complete in time"):
            going(timeout=0.3).get(f"https://keys.test:{port}/")
    assert names.asked


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"+PONG\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"\x00" * 1000,
    ],
)
def test_what_is_no_whole_http_answer_is_refused_and_never_quoted(
    site: Site, going: Going, raw: bytes
) -> None:
    site.reply = raw
    with pytest.raises(Unreachable) as caught:
        going().get(site.url("/path?secret=1"))
    assert "secret" not in str(caught.value)
    assert "SSH" not in str(caught.value)


def test_the_certificate_must_be_of_the_name(site: Site, names: Names, going: Going) -> None:
    names.answers["other.test"] = [["127.0.0.1"]]
    with pytest.raises(Unreachable, match="certificate"):
        going().get(site.url(host="other.test"))
    assert site.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused(site: Site, going: Going) -> None:
    with pytest.raises(Unreachable, match="certificate"):
        going(authorities=None).get(site.url())
    assert site.requests == []


def test_a_proxy_of_the_environment_is_not_used(
    site: Site, going: Going, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert going().get(site.url()).status == 200


def test_more_requests_than_slots_are_refused_at_once_and_slots_come_back(site: Site, going: Going) -> None:
    begun, over = threading.Event(), threading.Event()

    def wait(connection: socket.socket) -> None:
        begun.set()
        over.wait(30)
        connection.sendall(answer(b"{}"))

    site.reply = wait
    outbound = going(slots=1)
    thread = threading.Thread(target=outbound.get, args=(site.url(),))
    thread.start()
    assert begun.wait(30)
    with pytest.raises(Crowded):
        outbound.get(site.url())
    over.set()
    thread.join(30)
    site.reply = answer(b"{}")
    for _ in range(3):
        assert outbound.get(site.url()).status == 200


def test_a_form_is_posted_and_the_status_told(site: Site, going: Going) -> None:
    site.reply = answer(b"whatever", "text/html", status="400 Bad")
    assert going().post_form(site.url("/bye"), {"logout_token": "a.b&c"}) == 400
    head, _, body = site.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /bye HTTP/1.1\r\n")
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert body == b"logout_token=a.b%26c"


def test_plain_http_is_spoken_only_where_it_was_loosened(names: Names) -> None:
    names.answers["plain.test"] = [["127.0.0.1"]]
    with running_site(None) as plain:
        allowed = parse_allowed_places("plain.test")
        url = f"http://plain.test:{plain.port}/"
        with pytest.raises(Unreachable, match="https"):
            Outbound(allowed=allowed, resolver=names).get(url)
        assert plain.connections == 0
        assert Outbound(allowed=allowed, resolver=names, plain_http=True).get(url).status == 200
