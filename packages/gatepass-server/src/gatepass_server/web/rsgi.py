"""The asynchronous shell of the standalone server: it takes requests in, and runs a WSGI application in threads.

The only file of the server that is asynchronous, with what it answers itself (``direct/in_loop.py``) and the time that
bodies have to come (``body_time.py``). A client may dawdle with its body: here it waits in an event loop, where waiting
holds nothing up, and a thread is taken once the body has come.
"""

import asyncio
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Response
from werkzeug.exceptions import RequestTimeout

from gatepass_server.domain.errors import Busy, GatepassError
from gatepass_server.store.ports.patience import WouldWait
from gatepass_server.web.body import MAX_BODY_BYTES, UnreadableBody
from gatepass_server.web.body_time import BodyTime
from gatepass_server.web.direct.in_loop import Direct, InLoop
from gatepass_server.web.direct.lanes import THREADS, Lane
from gatepass_server.web.direct.request import DirectRequest
from gatepass_server.web.errors import answer_fault, answer_http_error, answer_refusal
from gatepass_server.web.plain_answer import PlainAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from granian._granian import RSGIHTTPProtocol as HTTPProtocol
    from granian.rsgi import Scope

BODY_SECONDS = 10.0
_MOST = MAX_BODY_BYTES + 1
"""What is read of a body at most; the application tells by the last byte that it is too large."""

_QUEUED_PER_THREAD = 4
_RETRY_SECONDS = 1


class RsgiShell:
    """An application for Granian's RSGI interface, to be made before a worker is forked.

    Args:
        application: WSGI (PEP 3333). What it returns is collected whole.
        direct: answers some requests, by method and path, before the application is asked; where one answers None,
            the application does.
        host: the name of the server for who sends none.
        port: its port.
        threads: requests that are answered at once. Four times as many may wait, the next is answered 503.
        body_seconds: how long a body may take, from the first byte to the last.
        started: called in each worker when it can be told to stop, and before its first request.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        direct: Mapping[tuple[str, str], Direct] | None = None,
        *,
        host: str,
        port: int,
        threads: int,
        body_seconds: float = BODY_SECONDS,
        started: Callable[[], None] = lambda: None,
    ) -> None:
        self._application = application
        self._direct = direct or {}
        self._body_seconds = body_seconds
        self._started = started
        self._lanes = {  # they start no thread before the first request
            lane: ThreadPoolExecutor(count, lane.name.lower()) for lane, count in THREADS.items()
        }
        self._lanes[Lane.ANY] = ThreadPoolExecutor(threads, "request")
        self._places = threads * (1 + _QUEUED_PER_THREAD)
        self._base: dict[str, Any] = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "wsgi.version": (1, 0),
            "wsgi.errors": sys.stderr,
            "wsgi.input_terminated": True,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._in_loop = InLoop(loop)
        self._body_time = BodyTime(loop, self._body_seconds)
        loop.call_soon(self._started)  # when it runs: uvloop takes over the signals then

    async def __rsgi__(self, scope: "Scope", proto: "HTTPProtocol") -> None:
        headers = _headers(scope)
        length = headers.get("content-length", "")
        body: bytes | bytearray = b""
        is_too_large = length.isdecimal() and int(length) > _MOST  # the application refuses it for its length
        if ("transfer-encoding" in headers or length) and not is_too_large:
            found = await self._body(length, proto)
            if found is None:
                return
            body = found
        direct = None if headers.repeats or is_too_large else self._direct.get((scope.method, scope.path))
        if direct is None:
            await self._in_thread(Lane.ANY, None, None, scope, headers, body, proto)
            return
        request = DirectRequest(
            scope.method, scope.path, scope.query_string, headers, bytes(body), _peer(scope)
        )
        lane = direct.lane(request)
        if lane is Lane.LOOP:
            try:
                answer = await self._in_loop.answer(direct, request)
            except WouldWait:
                lane = direct.thread_lane(request)
            except GatepassError as error:
                _send(proto, answer_refusal(error))
                return
            except Exception as error:  # noqa: BLE001 - a fault of ours is logged, and told as one
                _send(proto, answer_fault(error))
                return
            else:
                if answer is not None:
                    _send_plain(proto, answer)
                    return
                direct, lane = None, Lane.ANY  # it was asked, and leaves this one to the application
        await self._in_thread(lane, direct, request, scope, headers, body, proto)

    async def _body(self, length: str, proto: "HTTPProtocol") -> bytes | bytearray | None:
        """The body; None if it did not come whole and in time, which has been answered."""
        body = _sized_body(proto, int(length)) if length.isdecimal() else _whole_body(proto)
        try:
            found = await self._body_time.limit(body)
        except TimeoutError:
            _send(proto, answer_http_error(RequestTimeout("The body did not come in time.")))
            return None
        if found is None:
            _send(proto, answer_refusal(UnreadableBody("The body broke off.")))
        return found

    async def _in_thread(
        self,
        lane: Lane,
        direct: Direct | None,
        request: DirectRequest | None,
        scope: "Scope",
        headers: "Joined",
        body: bytes | bytearray,
        proto: "HTTPProtocol",
    ) -> None:
        if not self._places:
            _send(proto, answer_refusal(_busy()))
            return
        self._places -= 1
        try:
            answered = self._loop.create_future()  # run_in_executor makes one more, at 0.03 ms
            self._lanes[lane].submit(self._answer, direct, request, scope, headers, body, proto, answered)
            await answered
        finally:
            self._places += 1

    def _environ(self, scope: "Scope", headers: Mapping[str, str], body: bytes | bytearray) -> dict[str, Any]:
        environ = self._base.copy()
        environ["REQUEST_METHOD"] = scope.method
        environ["PATH_INFO"] = _as_latin1(scope.path)
        environ["QUERY_STRING"] = _as_latin1(scope.query_string)
        environ["REMOTE_ADDR"] = _peer(scope)
        environ["SERVER_PROTOCOL"] = "HTTP/1.1" if scope.http_version == "1.1" else "HTTP/1.0"
        environ["wsgi.url_scheme"] = scope.scheme
        environ["wsgi.input"] = BytesIO(body)
        for name, value in headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if (value := environ.pop("HTTP_" + key, None)) is not None:
                environ[key] = value
        return environ

    def _answer(
        self,
        direct: Direct | None,
        request: DirectRequest | None,
        scope: "Scope",
        headers: "Joined",
        body: bytes | bytearray,
        proto: "HTTPProtocol",
        answered: asyncio.Future[None],
    ) -> None:
        """In a thread: answer, and send that."""
        try:
            if direct is None or request is None or not _answer_directly(direct, request, proto):
                self._run(self._environ(scope, headers, body), proto)
        except Exception as error:  # noqa: BLE001 - the application answers its own; whatever is left must not hang
            _send(proto, answer_fault(error))
        finally:
            self._loop.call_soon_threadsafe(answered.set_result, None)

    def _run(self, environ: dict[str, Any], proto: "HTTPProtocol") -> None:
        answer = _Answer()
        chunks = self._application(environ, answer)
        try:
            body = b"".join([*answer.written, *chunks])
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        status = int(answer.status[:3])
        if body and environ["REQUEST_METHOD"] != "HEAD":
            proto.response_bytes(status, answer.headers, body)
        else:
            proto.response_empty(status, answer.headers)


def _answer_directly(direct: Direct, request: DirectRequest, proto: "HTTPProtocol") -> bool:
    answer = direct(request)
    if answer is None:
        return False
    _send_plain(proto, answer)
    return True


def _send_plain(proto: "HTTPProtocol", answer: PlainAnswer) -> None:
    proto.response_bytes(answer.status, answer.headers, answer.body)


class Joined(dict[str, str]):
    """Headers by their names in small letters; those that are sent twice are joined (RFC 9110 section 5.3).

    Attributes:
        repeats: Whether any was sent twice.
    """

    repeats = False


def _headers(scope: "Scope") -> Joined:
    headers = Joined()
    for name, value in scope.headers.items():
        if "_" in name:
            continue  # WSGI could not tell it from the one with "-", which a proxy may have set
        if name in headers:
            headers[name] += ("; " if name == "cookie" else ", ") + value
            headers.repeats = True
        else:
            headers[name] = value
    return headers


def _peer(scope: "Scope") -> str:
    return scope.client.rpartition(":")[0].strip("[]")


class _Answer:
    """WSGI's ``start_response``, which remembers."""

    __slots__ = ("headers", "status", "written")

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self.written: list[bytes] = []

    def __call__(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return self.written.append


async def _sized_body(proto: "HTTPProtocol", length: int) -> bytes | None:
    """A body whose length was told, in one piece; None if it broke off.

    What comes in pieces wakes the event loop three times, which costs as much as reading a session.
    """
    from granian._granian import RSGIProtocolClosed  # noqa: PLC0415 - a host that mounts the server has another

    try:
        body = await proto()
    except RSGIProtocolClosed:
        return None
    return body if len(body) == length else None


async def _whole_body(proto: "HTTPProtocol") -> bytearray | None:
    """The body up to the byte that is too much; None if it broke off.

    Granian ends every body with an empty chunk, and has an empty one too for what could not be read; so the first
    that is not the last is an error. Trailers look the same, and nobody sends those.
    """
    body = bytearray()
    ended = False
    async for chunk in proto:
        if ended:
            return None
        ended = not chunk
        body += chunk
        if len(body) >= _MOST:
            break
    return body


def _as_latin1(text: str) -> str:
    """The bytes of a text as WSGI wants them."""
    return text if text.isascii() else text.encode().decode("latin-1")


def _busy() -> Busy:
    return Busy(
        "The server is busy. Please try again shortly.",
        retry_after=_RETRY_SECONDS,
        reason="too many requests wait for a thread",
    )


def _send(proto: "HTTPProtocol", answer: Response) -> None:
    """What the application did not answer itself. The connection is closed: some of a body may still come on it."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Connection"] = "close"
    proto.response_bytes(answer.status_code, list(answer.headers.items()), answer.get_data())
