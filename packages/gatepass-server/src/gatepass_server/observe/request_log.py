"""The log line of a request, which every request writes: the short way to the same line."""

import logging
import time
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from gatepass_server.observe.logs import FIELDS, JsonLines, Words

_NAME = "gatepass_server.request"
_logger = logging.getLogger(_NAME)
_encode = msgspec.json.Encoder().encode


class _Line(msgspec.Struct):
    """In the order in which every other line has its fields, too."""

    event: str
    level: str
    logger: str
    timestamp: datetime
    method: str
    route: str | None
    status: int
    milliseconds: float
    request_id: str


def log_request(method: str, route: str | None, status: int, seconds: float, request_id: str) -> None:
    """Write it.

    Args:
        method: of the request.
        route: the address as it stands in the table of addresses; None where there is no such.
        status: of the answer.
        seconds: that it took.
        request_id: that holds nothing secret: see ``web/request_ids.py``.
    """
    if not _logger.isEnabledFor(logging.INFO):
        return
    milliseconds = round(seconds * 1000, 1)
    lines = JsonLines.alone_for(_logger)
    if lines is not None:
        moment = datetime.fromtimestamp(time.time(), UTC)
        line = _Line("request", "info", _NAME, moment, method, route, status, milliseconds, request_id)
        with suppress(UnicodeEncodeError):  # logging has its own way with what is no text
            if lines.write(_encode(line).decode()):
                return
    event = {
        "event": "request",
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": milliseconds,
        "request_id": request_id,
    }
    record = _logger.makeRecord(
        _logger.name, logging.INFO, __file__, 0, Words(event), (), None, extra={FIELDS: event}
    )
    _logger.handle(record)
