"""Fetch a JSON object over HTTP, trusting the other side with as little as possible."""

from __future__ import annotations

import ipaddress
import time
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from gatepass.strict_json import decode_object

MAX_BYTES = 256 * 1024
"""Size of an answer: a JWK set of a hundred keys with certificates fits."""

TIMEOUT = 5.0
"""Seconds for the whole of a fetch."""


class FetchError(Exception):
    """The answer did not come or was not a JSON object; ``str(error)`` says why, for the log."""


def checked_url(url: object) -> SplitResult:
    """Return the parts of an address that may be fetched.

    Only ``https``, or ``http`` to this very machine (RFC 8252 section 8.3 names the loopback addresses); no
    user name, which makes one host look like another.

    Raises:
        ValueError: One sentence that says what is wrong.
    """
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("An address must be a string of printable ASCII characters.")
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in {"https", "http"} or not host:
        raise ValueError(f"The address {url!r} must begin with https:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise ValueError("An address must not hold a user name or a password.")
    _ = parts.port  # raises ValueError when it is not a number up to 65535
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError(
            f"The address {url!r} must begin with https://: plain http is for this machine only."
        )
    return parts


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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


def get_json(url: str, *, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """Fetch a JSON object. Blocks.

    Args:
        url: Where from; see :func:`checked_url`.
        timeout: Seconds for the whole of it.
        max_bytes: Size at which to give up.

    Raises:
        FetchError: Anything at all went wrong.
    """
    deadline = time.monotonic() + timeout
    try:
        host = checked_url(url).hostname or ""
        opener = OpenerDirector()  # built by hand: the ready-made one also opens file:, ftp: and data:
        # An address of this machine is never asked of a proxy.
        opener.add_handler(ProxyHandler({} if _is_loopback(host) else None))
        for handler in (HTTPHandler, HTTPSHandler, HTTPDefaultErrorHandler, HTTPErrorProcessor, _NoRedirect):
            opener.add_handler(handler())
        headers = {"Accept": "application/json", "User-Agent": "gatepass"}
        request = Request(url, headers=headers)  # noqa: S310 - checked_url has seen the scheme
        with opener.open(request, timeout=timeout) as response:
            if response.status != 200:
                raise FetchError(f"{url}: status {response.status}")
            body = b""
            while chunk := response.read1(65_536):
                body += chunk
                if len(body) > max_bytes:
                    raise FetchError(f"{url}: more than {max_bytes} bytes")
                if time.monotonic() > deadline:
                    raise FetchError(f"{url}: not complete after {timeout:g} s")
            if response.length:  # what Content-Length promised and did not come
                raise FetchError(f"{url}: cut off after {len(body)} bytes")
        return decode_object(body)
    except HTTPError as error:
        with error:
            raise FetchError(f"{url}: {error}") from None
    except (URLError, OSError, HTTPException, ValueError) as error:
        raise FetchError(f"{url}: {error}") from None
