"""Nothing secret reaches a log line: fields by their name, tokens by their shape."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from gatepass_server.domain.secret import Secret

REDACTED = "[redacted]"
_SECRET_NAMES = re.compile(
    r"passw|secret|token|authorization|cookie|credential|api_?key|private|passphrase|master_key|database_url",
    re.IGNORECASE,
)
_MACHINERY = frozenset({"exc_info", "_record", "_from_structlog"})
_PUBLIC_NAMES = frozenset({"token_type", "token_error"})
_SHAPES = (
    re.compile(r"\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,4}"),  # JWS and JWE in compact form
    re.compile(r"\bgp_[a-z]{2}_[A-Za-z0-9_.-]+"),  # our own opaque handles
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    re.compile(r"\$(?:argon2id?|scrypt)\$\S+|\b(?:scrypt|pbkdf2):[^\s$]*\$\S+"),  # password hashes
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s]+(?=@)"),  # user:password in a URL, to its last @
    re.compile(r"(?i)(?<=password=)[^\s&;,]+"),  # in a connection string, a query or a form
    re.compile(r"(?i)\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"),
)

_SHORTEST = 7
"""Characters. No shape above fits a shorter text, and most texts of a log line are: methods, routes, codes."""


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """A structlog processor that hides secrets wherever they stand in the event."""
    return {name: value if name in _MACHINERY else _field(name, value) for name, value in event.items()}


def redact_late(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The same just before a line is written, for what has joined the event since: of our own, the traceback."""
    if not event.pop("redacted", False):
        return redact(_logger, _method, event)
    if "exception" in event:
        event["exception"] = redact_text(event["exception"])
    return event


def redact_text(text: str) -> str:
    """``text`` without anything that has the shape of a secret."""
    if len(text) < _SHORTEST:
        return text
    for shape in _SHAPES:
        text = shape.sub(REDACTED, text)
    return text


def _field(name: object, value: Any) -> Any:
    if isinstance(name, str) and name not in _PUBLIC_NAMES and _SECRET_NAMES.search(name):
        return REDACTED
    return _value(value)


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Secret | bytes):
        return REDACTED
    if isinstance(value, Mapping):
        return {name: _field(name, inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact_text(str(value))
