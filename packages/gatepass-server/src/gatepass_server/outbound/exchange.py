"""One request and its answer, over a connection that is pinned to the addresses that were judged."""

import ssl
from collections.abc import Collection, Sequence
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import Final

from gatepass.deadline import Deadline
from gatepass_server.domain.allowed_places import Address
from gatepass_server.outbound.connections import PinnedConnection
from gatepass_server.outbound.errors import Unreachable
from gatepass_server.outbound.messages import Reply, Request
from gatepass_server.outbound.places import Place

_FIXED: Final = {"Accept-Encoding": "identity", "User-Agent": "gatepass", "Connection": "close"}


def exchange(
    request: Request,
    place: Place,
    route: Sequence[Address],
    context: ssl.SSLContext | None,
    deadline: Deadline[Reply],
    seconds: float,
) -> Reply:
    """Send the request and read the answer.

    Raises:
        Unreachable: It did not come, or is not taken.
    """
    connection = PinnedConnection(place, route, context, deadline, seconds)
    try:
        connection.request(request.method, place.target, request.body, {**request.headers, **_FIXED})
        with connection.getresponse() as response:
            found = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status, found, _body(request, place, response))
    except Unreachable:
        raise
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"{place.shown}: {_cause(error)}") from None
    finally:
        connection.close()


def _body(request: Request, place: Place, response: HTTPResponse) -> bytes:
    if request.kinds is None:
        return b""
    if response.status != 200 and not (request.takes_errors and 400 <= response.status < 500):
        raise Unreachable(f"{place.shown}: status {response.status}", status=response.status)
    _check_kind(place, response.headers, request.kinds)
    return _read_body(place, response, request.max_bytes)


def _check_kind(place: Place, headers: HTTPMessage, kinds: Collection[str]) -> None:
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding != "identity":  # none was asked for: it would be unpacked into any size
        raise Unreachable(f"{place.shown}: its answer is compressed, which was not asked for", status=200)
    kind = headers.get("Content-Type", "").split(";", 1)[0].strip().lower()
    suffix = "+" + kind.rpartition("+")[2]
    if kind not in kinds and not (kind.startswith("application/") and suffix in kinds):
        raise Unreachable(
            f"{place.shown}: its content type is none of {', '.join(sorted(kinds))}", status=200
        )


def _read_body(place: Place, response: HTTPResponse, max_bytes: int) -> bytes:
    body = b""
    while chunk := response.read1(min(max_bytes + 1, 65_536)):
        body += chunk
        if len(body) > max_bytes:
            raise Unreachable(f"{place.shown}: more than {max_bytes} bytes", status=response.status)
    if response.length:  # what Content-Length promised and did not come
        raise Unreachable(f"{place.shown}: cut off after {len(body)} bytes", status=response.status)
    return body


def _cause(error: Exception) -> str:
    """What went wrong, without a word of what the other side sent."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "no TLS connection could be made"
    if isinstance(error, TimeoutError):
        return "not complete in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"its answer is not HTTP ({type(error).__name__})"
