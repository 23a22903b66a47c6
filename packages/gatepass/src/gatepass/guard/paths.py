"""The path a client asked for, as each kind of server hands it on.

It is compared with what a DPoP proof names (RFC 9449 section 4.3), so it has to be the path as it was sent,
percent-encoded, with the prefix under which the program is mounted and without the query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT = "/!$&'()*+,;=:@-._~"  # what a path holds as it is (RFC 3986 section 3.3)


def wsgi_path(environ: Mapping[str, Any]) -> str:
    """The path of a WSGI request (PEP 3333).

    ``PATH_INFO`` has lost which characters were encoded, so the request line is preferred where a server hands it
    on.
    """
    line = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if isinstance(line, str) and line:
        return _path_of(line)
    path = str(environ.get("SCRIPT_NAME", "")) + str(environ.get("PATH_INFO", ""))
    return quote(path.encode("latin-1", "replace"), safe=_KEPT) or "/"


def asgi_path(scope: Mapping[str, Any]) -> str:
    """The path of an ASGI request: ``raw_path`` is what was sent, where the server gives it."""
    raw = scope.get("raw_path")
    if isinstance(raw, bytes) and raw:
        return _path_of(raw.decode("latin-1"))
    return quote(str(scope.get("path", "")), safe=_KEPT, errors="replace") or "/"


def _path_of(target: str) -> str:
    """The path of a request target in origin or absolute form (RFC 9112 section 3.2)."""
    if target.startswith("/"):
        return target.partition("?")[0].partition("#")[0]
    try:
        return urlsplit(target).path or "/"
    except ValueError:
        return "/"
