"""Compare the addresses of requests (RFC 9449 section 4.3, rule 9)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_PRINTABLE: Final = re.compile(r"[!-~]+")
_ESCAPE: Final = re.compile(r"%(.{0,2})", re.DOTALL)
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def same_target(one: str, other: str) -> bool:
    """Tell whether two addresses name the same target, whatever their query and fragment.

    Raises:
        ValueError: One of them is not an absolute http address.
    """
    return normalised(one) == normalised(other)


def normalised(url: str) -> str:
    """Write an address in its one normal form, without query and fragment.

    By syntax (RFC 3986 section 6.2.2): scheme and host in lower case, escapes in upper case and only where they are
    needed, no dot segments. By scheme (section 6.2.3): no default port, and an empty path is ``/``. Nothing else is
    equal: not a slash at the end, not a doubled slash, not ``%2F`` and ``/``.

    Raises:
        ValueError: It is not an absolute http address in ASCII, or it holds a user name, which is no part of a
            target (RFC 9110 section 4.2.4).
    """
    # Before anything is parted: urlsplit takes control characters away and so would see another address.
    if not _PRINTABLE.fullmatch(url):
        raise ValueError("characters that an address cannot have")
    parts = urlsplit(url.partition("#")[0].partition("?")[0])
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("not an absolute http address")
    # A reverse solidus is a slash to some readers and none to others.
    if "@" in parts.netloc or "\\" in url:
        raise ValueError("a user name or a reverse solidus")
    host = _unescaped(parts.hostname).lower()
    authority = f"[{host}]" if ":" in host else host
    port = parts.port
    if port not in (None, _DEFAULT_PORTS[parts.scheme]):
        authority += f":{port}"
    return f"{parts.scheme}://{authority}{_without_dots(_unescaped(parts.path))}"


def _unescaped(text: str) -> str:
    """Decode the escapes that need not be there, and write the others in upper case (RFC 3986 section 6.2.2.2)."""
    return _ESCAPE.sub(_plainest, text) if "%" in text else text


def _plainest(escape: re.Match[str]) -> str:
    digits = escape[1]
    if len(digits) != 2 or not _HEXADECIMAL.issuperset(digits):
        raise ValueError("a percent sign that is no escape")
    character = chr(int(digits, 16))
    return character if character in _UNRESERVED else f"%{digits.upper()}"


def _without_dots(path: str) -> str:
    """Resolve ``.`` and ``..`` (RFC 3986 section 5.2.4) in a path that is empty or begins with a slash."""
    if "/." not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
