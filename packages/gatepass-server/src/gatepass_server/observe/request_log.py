"""The log line of a request, which every request writes: the short way to the same line."""

import logging

from gatepass_server.observe.logs import FIELDS, Words

_logger = logging.getLogger("gatepass_server.request")


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
    event = {
        "event": "request",
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
        "request_id": request_id,
    }
    record = _logger.makeRecord(
        _logger.name, logging.INFO, __file__, 0, Words(event), (), None, extra={FIELDS: event}
    )
    _logger.handle(record)
