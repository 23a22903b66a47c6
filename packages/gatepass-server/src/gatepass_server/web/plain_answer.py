"""An answer without a web framework."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from flask import Response

from gatepass_server.protocol.messages import JSON, ProtocolResponse

if TYPE_CHECKING:
    from collections.abc import Callable

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class PlainAnswer:
    """Status, headers and body, as they are sent; what every answer has beside that is added later.

    Attributes:
        settle: Where something is still to be kept before it may be sent: given this answer and what went wrong with
            that, or None, it tells the answer to send.
    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    settle: "Callable[[PlainAnswer, Exception | None], PlainAnswer] | None" = None


def of_protocol(response: ProtocolResponse) -> PlainAnswer:
    """What an endpoint answers that programs call; nobody keeps a copy (RFC 6749 section 5.1)."""
    body = _encode(response.body) if response.media_type == JSON else response.body.encode()
    own = [one for one in response.headers.items() if one[0] != "Cache-Control"]
    headers = [("Content-Type", response.media_type), *own, ("Cache-Control", "no-store")]
    return PlainAnswer(response.status, headers, body)


def of_flask(response: Response) -> PlainAnswer:
    """An answer that was made with Flask's class; it need not stand in a request of Flask's."""
    headers = [one for one in response.headers.items() if one[0] != "Content-Length"]
    return PlainAnswer(response.status_code, headers, response.get_data())
