"""Fetch over HTTP, trusting the other side with as little as possible."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from typing import IO, TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import (
    AbstractHTTPHandler,
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from gatepass.address import checked_url, is_loopback
from gatepass.deadline import Deadline
from gatepass.errors import plain
from gatepass.fetch_limits import MAX_BYTES, TIMEOUT, FetchError
from gatepass.strict_json import decode_object

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from email.message import Message

__all__ = ["MAX_BYTES", "TIMEOUT", "Answer", "FetchError", "get", "get_json", "post_form"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: 200, or 304 where the request was conditional.
        headers: By their names in lower case.
        body: The bytes as they came; a content encoding that was asked for is still on them.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would let whoever answers choose another address (and another host) to trust."""

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,  # noqa: ARG002 - the signature is urllib's
        headers: HTTPMessage,
        newurl: str,  # noqa: ARG002 - the signature is urllib's
    ) -> None:
        raise HTTPError(req.full_url, code, "redirects are not followed", headers, fp)


class _Http(AbstractHTTPHandler):
    """Opens connections that are shut when the time is up."""

    def __init__(self, deadline: Deadline[Answer], ca_file: str | os.PathLike[str] | None) -> None:
        super().__init__()
        self._ca_file = ca_file

        class Plain(HTTPConnection):
            def send(self, data: Any) -> None:
                if self.sock is None:
                    self.connect()
                deadline.watch(self.sock)
                super().send(data)

        class Secure(HTTPSConnection):
            def send(self, data: Any) -> None:
                if self.sock is None:
                    self.connect()
                deadline.watch(self.sock)
                super().send(data)

        self._plain, self._secure = Plain, Secure

    def http_open(self, request: Request) -> HTTPResponse:
        return self.do_open(self._plain, request)

    def https_open(self, request: Request) -> HTTPResponse:
        # A context of its own: what the program sets as Python's default for everything (or switches off)
        # does not count here.
        context = ssl.create_default_context(cafile=self._ca_file)
        context.set_alpn_protocols(["http/1.1"])
        return self.do_open(self._secure, request, context=context)

    http_request = https_request = AbstractHTTPHandler.do_request_


def get_json(
    url: str,
    *,
    timeout: float = TIMEOUT,
    max_bytes: int = MAX_BYTES,
    ca_file: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """Fetch a JSON object. Blocks, but never longer than ``timeout``.

    Args:
        url: Where from; see :func:`gatepass.address.checked_url`.
        timeout: Seconds for the whole of it.
        max_bytes: Size at which to give up.
        ca_file: The certificates (PEM) of the only authorities that are believed; without it, those of the
            system.

    Raises:
        FetchError: Anything at all went wrong.
    """
    answer = get(url, {"Accept": "application/json"}, timeout=timeout, max_bytes=max_bytes, ca_file=ca_file)
    return _object(url, answer)


def post_form(
    url: str,
    form: bytes,
    headers: Mapping[str, str],
    *,
    timeout: float,
    max_bytes: int,
    ca_file: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """Send a form and get a JSON object for it. Blocks, but never longer than ``timeout``.

    Args:
        url: Where to; see :func:`gatepass.address.checked_url`.
        form: Its fields, encoded already.
        headers: Of the request, besides those of a form. No error ever quotes them, nor the form.
        timeout: Seconds for the whole of it.
        max_bytes: Size of the answer at which to give up.
        ca_file: As of :func:`get_json`.

    Raises:
        FetchError: Anything at all went wrong.
    """
    kinds = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    answer = _send(url, {**kinds, **headers}, form, timeout=timeout, max_bytes=max_bytes, ca_file=ca_file)
    return _object(url, answer)


def _object(url: str, answer: Answer) -> dict[str, Any]:
    try:
        return decode_object(answer.body)
    except ValueError as error:
        raise FetchError(f"{plain(url)}: {plain(error)}", status=answer.status) from None


def get(
    url: str,
    headers: Mapping[str, str],
    *,
    timeout: float,
    max_bytes: int,
    ca_file: str | os.PathLike[str] | None = None,
) -> Answer:
    """Fetch bytes. Blocks, but never longer than ``timeout``.

    Args:
        url: Where from; see :func:`gatepass.address.checked_url`.
        headers: Of the request. With ``If-None-Match`` among them, status 304 is an answer too.
        timeout: Seconds for the whole of it.
        max_bytes: Size at which to give up.
        ca_file: The certificates (PEM) of the only authorities that are believed; without it, those of the
            system.

    Raises:
        FetchError: Anything at all went wrong.
    """
    return _send(url, headers, None, timeout=timeout, max_bytes=max_bytes, ca_file=ca_file)


def _send(
    url: str,
    headers: Mapping[str, str],
    data: bytes | None,
    *,
    timeout: float,
    max_bytes: int,
    ca_file: str | os.PathLike[str] | None,
) -> Answer:
    deadline: Deadline[Answer] = Deadline(timeout)
    try:
        host = checked_url(url).hostname or ""
        opener = OpenerDirector()  # built by hand: the ready-made one also opens file:, ftp: and data:
        # An address of this machine is never asked of a proxy.
        opener.add_handler(ProxyHandler({} if is_loopback(host) else None))
        for handler in (
            _Http(deadline, ca_file),
            HTTPDefaultErrorHandler(),
            HTTPErrorProcessor(),
            _NoRedirect(),
        ):
            opener.add_handler(handler)
        request = Request(url, data=data, headers={**headers, "User-Agent": "gatepass"})  # noqa: S310 - checked_url has seen the scheme
        return deadline.run(lambda: _get(opener, request, timeout, max_bytes))
    except (URLError, OSError, HTTPException, ValueError, RuntimeError, _BadAnswerError) as error:
        status = error.status if isinstance(error, (HTTPError, _BadAnswerError)) else None
        raise FetchError(f"{plain(url)}: {plain(error)}", status=status) from None


class _BadAnswerError(Exception):
    """The answer came and is not taken."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def _get(opener: OpenerDirector, request: Request, timeout: float, max_bytes: int) -> Answer:
    try:
        with opener.open(request, timeout=timeout) as response:
            if response.status != 200:
                raise _BadAnswerError(f"status {response.status}", response.status)
            body = b""
            while chunk := response.read1(65_536):
                body += chunk
                if len(body) > max_bytes:
                    raise _BadAnswerError(f"more than {max_bytes} bytes", 200)
            if response.length:  # what Content-Length promised and did not come
                raise _BadAnswerError(f"cut off after {len(body)} bytes", 200)
            return Answer(200, _by_name(response.headers), body)
    except HTTPError as error:
        error.close()
        if error.code == 304 and request.has_header("If-none-match"):  # urllib spells every name like this
            return Answer(304, _by_name(error.headers), b"")
        raise


def _by_name(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
