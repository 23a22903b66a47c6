"""Lists over real HTTP: what is asked for, what is not swallowed, and what an outage costs."""

import gzip
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from gatepass import Key, StatusUnavailableError, TokenError, base64url
from gatepass.sources import NamedKeys
from gatepass.status import StatusFeed, StatusPolicy, StatusReference
from gatepass.status.inflate import GZIP
from tests.status.list_server import ListServer, serving
from tests.status.lists import ALGORITHMS, lst, packed, put_to_rest, signed
from tests.support.bombs import packed_zeros
from tests.verify import forge

DRAFT = "draft-ietf-oauth-status-list-21"


@pytest.fixture
def server(key: Key) -> Iterator[ListServer]:
    with serving(key) as server:
        yield server


Ask = Callable[..., str]
MakeAsk = Callable[..., Ask]


@pytest.fixture
def make_ask(server: ListServer, key: Key) -> Iterator[MakeAsk]:
    """``make_ask(max_stale=1, ...)``: a function that does what a verifier does, and returns what it says."""
    feeds: list[StatusFeed] = []

    def make(**policy: Any) -> Ask:
        feed = StatusFeed(
            StatusPolicy(**policy), issuer=server.url, keys=NamedKeys([key]), algorithms=ALGORITHMS
        )
        feeds.append(feed)

        def ask(index: int = 0, path: str = "/status-lists/1") -> str:
            reference = StatusReference(server.url + path, index)
            try:
                if feed.due(reference):
                    feed.refresh(reference)
                feed.check(reference)
            except StatusUnavailableError as error:
                return error.reason
            except TokenError as error:
                return error.code
            return "good"

        return ask

    yield make
    put_to_rest(*feeds)


@pytest.fixture
def ask(make_ask: MakeAsk) -> Ask:
    return make_ask()


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for other threads, or for another program."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.mark.compliance(DRAFT, "8.1", "a list is asked for by its media type")
@pytest.mark.compliance(DRAFT, "8.2", "a list may come packed")
def test_a_list_is_fetched_and_read(ask: Ask, server: ListServer) -> None:
    server.statuses = {7: 1}
    assert ask(6) == "good"
    assert ask(7) == "revoked"
    (request,) = server.requests
    assert request["accept"] == "application/statuslist+jwt"
    assert request["accept-encoding"] == "gzip"
    assert "if-none-match" not in request


def test_with_a_ttl_of_a_second_a_revoked_token_dies_within_it(ask: Ask, server: ListServer) -> None:
    assert ask(7) == "good"
    calls = slow = 0
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        began = time.monotonic()
        assert ask(7) == "good"
        slow += time.monotonic() - began > 0.1
        calls += 1
    server.statuses = {7: 1}
    revoked = time.monotonic()
    until(lambda: ask(7) == "revoked")
    assert time.monotonic() - revoked < 1.25, "a quarter of a second is left to a busy machine"
    assert calls > 1000
    assert slow <= 1
    assert len(server.requests) <= 6
    assert 304 in server.answers


def test_an_unchanged_list_is_not_sent_again(ask: Ask, server: ListServer) -> None:
    assert ask() == "good"
    until(lambda: ask() == "good" and len(server.answers) >= 3)
    assert server.answers[:3] == [200, 304, 304]
    assert server.requests[1]["if-none-match"] == server.requests[2]["if-none-match"]


@pytest.mark.parametrize("outage", ["kill", "hang", "fail", "garbage"])
def test_in_an_outage_known_lists_serve_and_no_request_takes_longer(
    make_ask: MakeAsk, server: ListServer, outage: str
) -> None:
    ask = make_ask(timeout=1)
    server.statuses = {7: 1}
    assert ask() == "good"
    if outage == "kill":
        server.kill()
    else:
        server.page = {"hang": server.hang, "fail": server.fail, "garbage": garbage(server)}[outage]
    answers = set()
    slow = 0
    end = time.monotonic() + 2.2
    while time.monotonic() < end:
        began = time.monotonic()
        answers.add((ask(), ask(7)))
        slow += time.monotonic() - began > 0.3
        time.sleep(0.001)
    assert answers == {("good", "revoked")}
    assert slow <= 1, "nobody waits for a fetch that fails, but a busy machine may once"
    if outage == "kill":
        server.start()
    else:
        assert len(server.requests) <= 6
        server.page = None
    server.statuses = {0: 1}
    until(lambda: (ask(), ask(7)) == ("revoked", "good"), 5)


def garbage(server: ListServer) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: server.reply(handler, 200, b"{}")


def test_when_the_list_is_too_old_tokens_on_it_are_refused_at_once(
    make_ask: MakeAsk, server: ListServer
) -> None:
    ask = make_ask(max_stale=0.5)
    assert ask() == "good"
    server.kill()
    began = time.monotonic()
    until(lambda: ask() != "good", 5)
    assert 1.2 < time.monotonic() - began < 4
    began = time.monotonic()
    for _ in range(100):
        assert "too long to be believed" in ask()
    assert time.monotonic() - began < 0.2
    server.start()
    until(lambda: ask() == "good", 5)


def test_a_server_that_hangs_from_the_beginning_holds_nobody_for_long(
    make_ask: MakeAsk, server: ListServer
) -> None:
    ask = make_ask(timeout=0.5)
    server.page = server.hang
    began = time.monotonic()
    said = ask()
    assert "timed out" in said or "0.5 s" in said
    assert 0.4 < time.monotonic() - began < 1.5
    began = time.monotonic()
    for _ in range(100):
        assert ask() != "good"
    assert time.monotonic() - began < 0.3


def endless(handler: BaseHTTPRequestHandler) -> None:
    """A gigabyte, byte by megabyte."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(1 << 30))
    handler.end_headers()
    for _ in range(1 << 10):
        handler.wfile.write(bytes(1 << 20))


def packed_bomb(handler: BaseHTTPRequestHandler) -> None:
    """A gigabyte, packed into one megabyte."""
    body = packed_zeros(1 << 10, GZIP)
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.mark.parametrize("page", [endless, packed_bomb])
def test_a_gigabyte_is_not_swallowed(make_ask: MakeAsk, server: ListServer, page: Any) -> None:
    ask = make_ask(timeout=20)
    server.page = page
    tracemalloc.start()
    assert "more than 4194304 bytes" in ask()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 << 20


def test_a_list_that_is_a_bomb_is_not_swallowed(ask: Ask, server: ListServer, key: Key) -> None:
    claims = {
        "sub": f"{server.url}/status-lists/1",
        "iat": 0,
        "status_list": {"bits": 1, "lst": base64url.encode(packed_zeros(300, zlib.MAX_WBITS)).decode()},
    }
    bomb = signed(key, claims)
    assert len(bomb) < 1 << 20
    server.page = lambda handler: server.reply(handler, 200, bomb)
    assert "more than 8388608 bytes" in ask()


@pytest.mark.parametrize("status", [204, 301, 302, 307, 308, 400, 401, 404, 406, 429, 500, 503])
def test_only_an_answer_with_a_list_is_one(ask: Ask, server: ListServer, status: int) -> None:
    good = server.body(f"{server.url}/status-lists/1")
    server.page = lambda handler: server.reply(
        handler, status, b"" if status == 204 else good, {"Location": f"{server.url}/status-lists/2"}
    )
    assert ask() != "good"
    assert len(server.requests) == 1, "and redirects are not followed"


def test_unchanged_is_no_answer_to_who_knows_nothing(ask: Ask, server: ListServer) -> None:
    server.page = lambda handler: server.reply(handler, 304, b"")
    assert "304" in ask()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"whatever"),
        ("gzip, gzip", b"whatever"),
        ("deflate", b"whatever"),
        ("gzip", b"not packed"),
        ("gzip", gzip.compress(b"a.b.c", mtime=0)[:-1]),
        ("gzip", gzip.compress(b"a.b.c", mtime=0) + b"more"),
        ("gzip", b""),
    ],
)
def test_an_encoding_that_was_not_asked_for_or_is_broken_is_refused(
    ask: Ask, server: ListServer, encoding: str, body: bytes
) -> None:
    server.page = lambda handler: server.reply(handler, 200, body, {"Content-Encoding": encoding})
    assert "content encoding" in ask() or "compressed" in ask()


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "identity"}, {"Content-Type": "text/plain"}])
def test_a_list_may_come_as_it_is(ask: Ask, server: ListServer, headers: dict[str, str]) -> None:
    body = server.body(f"{server.url}/status-lists/1")
    server.page = lambda handler: server.reply(handler, 200, body, headers)
    assert ask() == "good"


@pytest.mark.parametrize("tag", ["x", '"a"b"', '"' + "x" * 300 + '"', '"\x80"', '"a" ', "*", ""])
def test_a_tag_that_is_none_is_not_sent_back(ask: Ask, server: ListServer, tag: str) -> None:
    body = server.body(f"{server.url}/status-lists/1")
    server.page = lambda handler: server.reply(handler, 200, body, {"ETag": tag})
    assert ask() == "good"
    until(lambda: ask() == "good" and len(server.requests) >= 2)
    assert "if-none-match" not in server.requests[1] or server.requests[1]["if-none-match"] == '"a"'


@pytest.mark.parametrize(
    "wrong",
    [
        lambda server, _key, _other: server.body(f"{server.url}/status-lists/2"),
        lambda server, key, _other: forge.token(
            key, {**forge.good_claims(time.time()), "sub": f"{server.url}/status-lists/1"}
        ).encode(),
        lambda server, _key, other: signed(
            other,
            {
                "sub": f"{server.url}/status-lists/1",
                "iat": 0,
                "status_list": {"bits": 1, "lst": lst(packed({}))},
            },
        ),
    ],
    ids=["another list", "an access token", "another key"],
)
def test_a_list_that_is_wrong_does_not_replace_the_right_one(
    ask: Ask, server: ListServer, key: Key, other_key: Key, wrong: Any
) -> None:
    server.statuses = {7: 1}
    assert ask(7) == "revoked"
    body = wrong(server, key, other_key)
    server.page = lambda handler: server.reply(handler, 200, body)
    until(lambda: ask(7) == "revoked" and len(server.requests) >= 3)
    assert ask(7) == "revoked"
    assert ask(6) == "good"


def test_a_cache_that_goes_back_to_an_older_list_gives_no_token_its_life_back(
    ask: Ask, server: ListServer
) -> None:
    yesterday = server.body(f"{server.url}/status-lists/1", iat=int(time.time()) - 86_400)
    server.statuses = {7: 1}
    assert ask(7) == "revoked"
    server.page = lambda handler: server.reply(handler, 200, yesterday)
    until(lambda: ask(7) == "revoked" and len(server.requests) >= 3)
    with pytest.raises(AssertionError):
        until(lambda: ask(7) != "revoked", 0.5)


def test_a_storm_over_http_fetches_once(ask: Ask, server: ListServer) -> None:
    told: list[str] = []
    threads = [threading.Thread(target=lambda: told.append(ask())) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert told == ["good"] * 40
    assert len(server.requests) == 1


def test_lists_beside_each_other_are_kept_fresh_beside_each_other(ask: Ask, server: ListServer) -> None:
    paths = [f"/status-lists/{number}" for number in range(20)]
    assert {ask(7, path) for path in paths} == {"good"}
    server.statuses = {7: 1}
    revoked = time.monotonic()
    until(lambda: {ask(7, path) for path in paths} == {"revoked"})
    assert time.monotonic() - revoked < 1.5


def test_lists_are_fetched_over_https_from_an_issuer_whose_certificate_is_believed(
    key: Key, tmp_path: Path
) -> None:
    openssl = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost"
    subprocess.run(
        [
            *openssl.split(),
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            "key",
            "-out",
            "certificate",
        ],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    with serving(key, context) as server:
        reference = StatusReference(f"{server.url}/status-lists/1", 0)
        for policy in (StatusPolicy(), StatusPolicy(ca_file=tmp_path / "certificate")):
            feed = StatusFeed(policy, issuer=server.url, keys=NamedKeys([key]), algorithms=ALGORITHMS)
            assert feed.due(reference)
            feed.refresh(reference)
            if policy.ca_file is None:
                with pytest.raises(StatusUnavailableError) as caught:
                    feed.check(reference)
                assert "certificate" in caught.value.reason
            else:
                feed.check(reference)
            put_to_rest(feed)
