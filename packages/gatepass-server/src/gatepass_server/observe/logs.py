"""Structured logs: one line an event, with the id of the request it belongs to.

Events go through the standard library's loggers ``gatepass_server.*`` and ``gatepass``, so that a program in which
the server is mounted handles them with its own configuration; a standalone server calls ``configure_logs``.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any, Self, TextIO

import msgspec
import structlog

from gatepass_server.observe.redaction import redact, redact_late

_OUR_LOGGERS = ("gatepass_server", "gatepass")
FIELDS = "gatepass_fields"
"""Of a record: the event, for formatters of ours."""


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose events are redacted before anybody's handler sees them."""
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(name),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            redact,
            _to_record,
        ],
    )
    return logger


def configure_logs(level: str, style: str, *, stream: TextIO | None = None) -> None:
    """Send the logs of both packages to ``stream`` (standard error by default).

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        style: ``json``, ``text``, or ``auto``: text on a terminal, JSON elsewhere.
        stream: where lines go.
    """
    out = stream or sys.stderr
    # Facts that no line of ours tells, gathered anew for each (https://docs.python.org/3/howto/logging.html#optimization).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    as_text = style == "text" or (style == "auto" and out.isatty())
    renderer = (
        structlog.dev.ConsoleRenderer(colors=out.isatty())
        if as_text
        else structlog.processors.JSONRenderer(serializer=_to_json)
    )
    handler = logging.StreamHandler(out) if as_text else JsonLines(out)
    handler.setFormatter(
        (structlog.stdlib.ProcessorFormatter if as_text else _JsonFormatter)(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _from_record,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact_late,
                renderer,
            ],
        )
    )
    for name in _OUR_LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
        logger.setLevel(level.upper())


class JsonLines(logging.StreamHandler[TextIO]):
    """Writes lines of JSON: those of records, and some that need no record."""

    @classmethod
    def alone_for(cls, logger: logging.Logger) -> Self | None:
        """The one that alone hears what a logger below ours informs of; None where others would, or nobody."""
        ours = logger.parent
        if ours is None or ours.propagate or len(ours.handlers) != 1:
            return None
        if logger.handlers or logger.filters or not logger.propagate:
            return None
        handler = ours.handlers[0]
        if not isinstance(handler, cls) or handler.filters or handler.level > logging.INFO:
            return None
        return handler

    def write(self, line: str) -> bool:
        """Write a line; False if it could not be written, of which the same event in a record will tell."""
        self.acquire()
        try:
            self.stream.write(line + self.terminator)
        except Exception:  # noqa: BLE001 - as ``emit`` has it: who logs does not fail for it
            return False
        else:
            self._flush(line)
        finally:
            self.release()
        return True

    def _flush(self, line: str) -> None:
        try:
            self.stream.flush()
        except Exception:  # noqa: BLE001 - as ``emit`` has it
            self.handleError(logging.makeLogRecord({"msg": line}))


class _JsonFormatter(structlog.stdlib.ProcessorFormatter):
    """The same lines, in a tenth of the time for events of our own: every request writes one."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        fields: dict[str, Any] | None = getattr(record, FIELDS, None)
        if fields is None or record.exc_info:
            return super().format(record)
        moment = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        head = {"level": record.levelname.lower(), "logger": record.name, "timestamp": moment}
        return _to_json({"event": fields["event"], **head, **fields})


def _to_json(fields: Mapping[str, Any], **_: object) -> str:
    return msgspec.json.encode(fields, enc_hook=str).decode()


class Words:
    """The event in words, put together only where somebody's own formatter asks for them."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event

    def __str__(self) -> str:
        words = " ".join(f"{name}={value}" for name, value in self._event.items() if name != "event")
        return f"{self._event['event']} {words}".rstrip()


def _to_record(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> tuple[tuple[Words], dict[str, Any]]:
    """For any formatter the event in words; for ours the fields beside it."""
    exc_info = event.pop("exc_info", None)
    return (Words(event),), {"exc_info": exc_info, "extra": {FIELDS: event}}


def _from_record(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    fields: dict[str, Any] | None = getattr(event["_record"], FIELDS, None)
    return event if fields is None else {**event, **fields, "redacted": True}
