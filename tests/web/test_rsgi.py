"""The shell around the application, without the server around the shell."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Event, current_thread
from types import SimpleNamespace
from typing import Any

import pytest
from granian._granian import RSGIProtocolClosed

from gatepass_server.domain.errors import Busy, OperatorError
from gatepass_server.store.ports.patience import Arriving, WouldWait, note_kept
from gatepass_server.web.body import MAX_BODY_BYTES
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.placed import Pace
from gatepass_server.web.direct.request import DirectRequest
from gatepass_server.web.plain_answer import PlainAnswer
from gatepass_server.web.rsgi import RsgiShell

StartResponse = Callable[..., Callable[[bytes], object]]
BODY_SECONDS = 0.1
END = b""
"""The chunk that ends every body."""


@dataclass
class Proto:
    """A request's body, and what was answered."""

    chunks: list[bytes | None] = field(default_factory=list)
    """``None`` never comes."""
    read: int = 0
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            self.read += 1
            if chunk is None:
                await asyncio.Event().wait()
            else:
                yield chunk

    async def __call__(self) -> bytes:
        """All of it, as Granian has it for a body whose length was told."""
        body, ended = b"", False
        async for chunk in self:
            if ended:
                raise RSGIProtocolClosed
            ended = not chunk
            body += chunk
        return body

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, dict(headers), body

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.response_bytes(status, headers, b"")


def scope(method: str = "POST", path: str = "/", **headers: str) -> Any:
    """A request's head."""
    return SimpleNamespace(
        method=method,
        path=path,
        query_string="",
        client="[2001:db8::1]:4711",
        scheme="http",
        http_version="1.1",
        headers={name.replace("__", "-"): value for name, value in headers.items()},
    )


def echo(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    start_response("201 Created", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]


def shell_of(application: Any, threads: int = 1) -> RsgiShell:
    return RsgiShell(application, host="h", port=1, threads=threads, body_seconds=BODY_SECONDS)


def ask(application: Any, head: Any, *chunks: bytes | None) -> Proto:
    """One request."""
    proto = Proto(list(chunks))

    async def serve() -> None:
        shell = shell_of(application)
        shell.__rsgi_init__(asyncio.get_running_loop())
        await shell.__rsgi__(head, proto)  # type: ignore[arg-type]  # stands in for Granian's

    asyncio.run(serve())
    return proto


class Direct:
    """Answers in the event loop what it is told to, and leaves the rest to the application."""

    def __init__(self, *answers: PlainAnswer | BaseException) -> None:
        self.asked: list[str] = []
        """The threads."""
        self.pace = Pace()
        self._answers = list(answers)

    def __call__(self, request: DirectRequest) -> PlainAnswer | None:  # noqa: ARG002 - as the port says
        self.asked.append(current_thread().name)
        answer = self._answers.pop(0) if self._answers else None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def lane(self, request: DirectRequest) -> Lane:  # noqa: ARG002 - as the port says
        return Lane.LOOP

    def thread_lane(self, request: DirectRequest) -> Lane:  # noqa: ARG002 - as the port says
        return Lane.WORK


def ask_directly(direct: Direct, head: Any, *chunks: bytes | None) -> Proto:
    """One request at an address that has a direct endpoint."""
    proto = Proto(list(chunks))

    async def serve() -> None:
        shell = RsgiShell(echo, {(head.method, "/"): direct}, host="h", port=1, threads=1)
        shell.__rsgi_init__(asyncio.get_running_loop())
        await shell.__rsgi__(head, proto)  # type: ignore[arg-type]  # stands in for Granian's

    asyncio.run(serve())
    return proto


def test_the_application_reads_a_whole_body() -> None:
    proto = ask(echo, scope(content__length="4"), b"ab", b"cd", END)
    assert (proto.status, proto.headers, proto.body) == (201, {"Content-Type": "text/plain"}, b"abcd")


def test_a_body_without_a_length_is_read_to_its_end() -> None:
    assert ask(echo, scope(transfer__encoding="chunked"), b"ab", END).body == b"ab"


def test_a_request_without_a_body_is_not_waited_for() -> None:
    proto = ask(echo, scope("GET"), None)
    assert (proto.status, proto.read) == (201, 0)


@pytest.mark.parametrize("came", [[], [b"a"]])
def test_a_body_that_does_not_come_in_time_is_answered_408(came: list[bytes]) -> None:
    proto = ask(echo, scope(content__length="2"), *came, None)
    assert proto.status == 408
    assert proto.headers["Connection"] == "close"
    assert proto.headers["Cache-Control"] == "no-store"
    assert proto.headers["Content-Type"] == "application/problem+json"
    assert json.loads(proto.body)["status"] == 408


def test_a_body_that_was_not_read_is_no_empty_one_for_a_direct_endpoint() -> None:
    direct = Direct()
    proto = ask_directly(direct, scope(content__length=str(MAX_BODY_BYTES + 2)), None)
    assert (proto.status, proto.read) == (201, 0), "the application tells that it is too large"
    assert not direct.asked


def test_what_the_event_loop_cannot_answer_is_asked_of_the_application_and_of_nobody_twice() -> None:
    direct = Direct()
    proto = ask_directly(direct, scope(content__length="2"), b"ab", END)
    assert (proto.status, proto.body) == (201, b"ab")
    assert direct.asked == ["MainThread"]


def test_what_would_wait_in_the_event_loop_is_asked_once_more_in_a_thread() -> None:
    direct = Direct(WouldWait(), PlainAnswer(200, [], b"done"))
    proto = ask_directly(direct, scope(content__length="2"), b"ab", END)
    assert (proto.status, proto.body) == (200, b"done")
    assert [name.partition("_")[0] for name in direct.asked] == ["MainThread", "work"]


class Wait:
    """Something that is waited for by calling a function."""

    def __init__(self, wait: Callable[[], None]) -> None:
        self.wait = wait


def test_an_answer_that_owes_something_to_the_disk_waits_for_it_in_a_thread() -> None:
    waited: list[str] = []

    class Owing(Direct):
        def __call__(self, request: DirectRequest) -> PlainAnswer | None:
            note_kept(Wait(lambda: waited.append(current_thread().name)))
            return super().__call__(request)

    proto = ask_directly(Owing(PlainAnswer(200, [], b"done")), scope("GET"))
    assert (proto.status, proto.body) == (200, b"done")
    assert [name.partition("_")[0] for name in waited] == ["disk"]


class Landing(Arriving):
    """A commit of a server of databases, which has come."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.here, self.there = socket.socketpair()
        self.there.close()
        self._failure = failure
        self._was_asked = False
        self.waited: list[str] = []

    def wait(self) -> None:
        self.waited.append(current_thread().name)
        self.here.close()
        if self._failure is not None:
            raise self._failure

    def fileno(self) -> int:
        return self.here.fileno()

    def is_here(self) -> bool:
        was_asked, self._was_asked = self._was_asked, True
        return was_asked

    def give_up(self) -> None:
        raise NotImplementedError


def ask_what_lands(landing: Landing, *answers: PlainAnswer) -> tuple[Proto, list[str]]:
    class Owing(Direct):
        def __call__(self, request: DirectRequest) -> PlainAnswer | None:
            if not self.asked:
                note_kept(landing)
            return super().__call__(request)

    direct = Owing(*answers)
    return ask_directly(direct, scope("GET")), direct.asked


def test_an_answer_that_owes_a_commit_waits_for_its_socket() -> None:
    landing = Landing()
    proto, asked = ask_what_lands(landing, PlainAnswer(200, [], b"done"))
    assert (proto.status, proto.body) == (200, b"done")
    assert landing.waited == asked == ["MainThread"]


def test_an_event_loop_that_watches_no_sockets_waits_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""

    def watch_none(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.SelectorEventLoop, "add_reader", watch_none)
    landing = Landing()
    proto, _ = ask_what_lands(landing, PlainAnswer(200, [], b"done"))
    assert (proto.status, proto.body) == (200, b"done")
    assert [name.partition("_")[0] for name in landing.waited] == ["disk"]


def test_a_commit_that_would_have_waited_is_begun_anew_in_a_thread() -> None:
    early, done = PlainAnswer(200, [], b"early"), PlainAnswer(200, [], b"done")
    proto, asked = ask_what_lands(Landing(WouldWait()), early, done)
    assert (proto.status, proto.body) == (200, b"done")
    assert [name.partition("_")[0] for name in asked] == ["MainThread", "work"]


def test_nothing_is_acknowledged_whose_commit_nobody_knows_of() -> None:
    failure = Busy("The database is busy.", retry_after=3, reason="the connection was lost")
    proto, asked = ask_what_lands(Landing(failure), PlainAnswer(200, [], b"token"))
    assert (proto.status, asked) == (503, ["MainThread"])
    assert b"token" not in proto.body


def test_nothing_is_acknowledged_that_a_failing_disk_may_lose() -> None:
    def fail() -> None:
        raise OperatorError("The disk fails.")

    class Owing(Direct):
        def __call__(self, request: DirectRequest) -> PlainAnswer | None:
            note_kept(Wait(fail))
            return super().__call__(request)

    proto = ask_directly(Owing(PlainAnswer(200, [], b"token")), scope("GET"))
    assert proto.status == 503
    assert b"token" not in proto.body


def test_a_fault_while_the_disk_is_waited_for_is_answered_and_not_told() -> None:
    def fail() -> None:
        raise RuntimeError("secret")

    class Owing(Direct):
        def __call__(self, request: DirectRequest) -> PlainAnswer | None:
            note_kept(Wait(fail))
            return super().__call__(request)

    proto = ask_directly(Owing(PlainAnswer(200, [], b"token")), scope("GET"))
    assert (proto.status, json.loads(proto.body)["code"]) == (500, "internal_error")
    assert b"secret" not in proto.body
    assert b"token" not in proto.body


def test_a_late_event_loop_sends_away_who_brings_work_and_answers_who_only_reads_a_document() -> None:
    answered: dict[str, int] = {}

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        direct = Direct(*[PlainAnswer(200, [], b"done")] * 9)
        shell = RsgiShell(echo, {("POST", "/"): direct, ("GET", "/"): direct}, host="h", port=1, threads=1)
        shell.__rsgi_init__(loop)

        async def one(name: str, method: str) -> None:
            proto = Proto([b"ab", END])
            head = scope(method, content__length="2") if method == "POST" else scope(method)
            await shell.__rsgi__(head, proto)  # type: ignore[arg-type]  # stands in for Granian's
            answered[name] = proto.status

        now = [0.0]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("gatepass_server.web.direct.turns.time.perf_counter", lambda: now[0])
            await one("first", "POST")
            now[0] += 1.1  # the turn in which it was answered takes as long
            await asyncio.sleep(0)
            await one("late", "POST")
            await one("document", "GET")
            await asyncio.sleep(0)
            await one("afterwards", "POST")
            now[0] += 1.1
            await asyncio.sleep(0)
            now[0] += 1.1  # nobody came meanwhile
            await one("much later", "POST")

    asyncio.run(serve())
    assert answered == {"first": 200, "late": 503, "document": 200, "afterwards": 200, "much later": 200}


def test_a_body_that_breaks_off_does_not_reach_the_application() -> None:
    proto = ask(echo, scope(content__length="4"), b"ab", END, END)
    assert proto.status == 400
    assert json.loads(proto.body)["code"] == "unreadable_body"


def test_no_more_is_read_than_tells_a_body_as_too_large() -> None:
    proto = ask(echo, scope(transfer__encoding="chunked"), b"a" * MAX_BODY_BYTES, b"a", None)
    assert len(proto.body) == MAX_BODY_BYTES + 1


def test_a_body_that_says_it_is_too_large_is_not_read_at_all() -> None:
    proto = ask(echo, scope(content__length=str(MAX_BODY_BYTES + 2)), None)
    assert (proto.status, proto.read, proto.body) == (201, 0, b"")


def test_the_environ_is_that_of_wsgi_and_has_nothing_else() -> None:
    found: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        found.update(environ)
        return echo(environ, start_response)

    ask(application, scope(path="/\u00e9", content__length="0", content__type="a/b", x__y="1", x_y="2"), END)
    for name in [name for name in found if name.startswith("wsgi.")]:
        del found[name]
    assert found == {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/\u00c3\u00a9",
        "QUERY_STRING": "",
        "CONTENT_TYPE": "a/b",
        "CONTENT_LENGTH": "0",
        "SERVER_NAME": "h",
        "SERVER_PORT": "1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "2001:db8::1",
        "HTTP_X_Y": "1",
    }


def test_an_answer_to_a_head_has_no_body() -> None:
    def application(_environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ab"]

    proto = ask(application, scope("HEAD"))
    assert (proto.status, proto.headers, proto.body) == (200, {"Content-Length": "2"}, b"")


def test_what_an_application_writes_comes_first_and_what_it_returns_is_closed() -> None:
    closed = []

    class Chunks:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"b", b"c"])

        def close(self) -> None:
            closed.append(True)

    def application(_environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])(b"a")
        return Chunks()

    assert ask(application, scope("GET")).body == b"abc"
    assert closed == [True]


def no_answer(_environ: dict[str, Any], _start_response: StartResponse) -> Iterable[bytes]:
    return [b"secret"]


def fault(_environ: dict[str, Any], _start_response: StartResponse) -> Iterable[bytes]:
    raise RuntimeError("secret")


@pytest.mark.parametrize("application", [fault, no_answer])
def test_a_fault_of_the_application_is_answered_500_and_not_told(application: Any) -> None:
    proto = ask(application, scope("GET"))
    assert (proto.status, json.loads(proto.body)["code"]) == (500, "internal_error")
    assert b"secret" not in proto.body


def test_when_too_many_wait_for_a_thread_the_next_is_sent_away_at_once_and_the_others_answered() -> None:
    go = Event()

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        go.wait(10)
        return echo(environ, start_response)

    async def serve() -> None:
        shell = shell_of(application)
        shell.__rsgi_init__(asyncio.get_running_loop())
        async with asyncio.TaskGroup() as group:
            waiting = [Proto() for _ in range(5)]
            for proto in waiting:
                group.create_task(shell.__rsgi__(scope("GET"), proto))  # type: ignore[arg-type]  # stands in for Granian's
            await asyncio.sleep(0)
            refused = Proto()
            await shell.__rsgi__(scope("GET"), refused)  # type: ignore[arg-type]  # stands in for Granian's
            assert (refused.status, json.loads(refused.body)["code"]) == (503, "busy")
            assert int(refused.headers["Retry-After"]) >= 1
            go.set()
        assert [proto.status for proto in waiting] == [201] * 5
        later = Proto()
        await shell.__rsgi__(scope("GET"), later)  # type: ignore[arg-type]  # stands in for Granian's
        assert later.status == 201

    try:
        asyncio.run(serve())
    finally:
        go.set()  # for its threads to end
