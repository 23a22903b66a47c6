"""Compare the addresses of requests (RFC 9449 section 4.3, rule 9)."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

_QUERY_OR_FRAGMENT: Final = re.compile(r"[?#]")
# Matched as a whole, and with nothing that one reader takes for a part of the host and another does not: no user name,
# no reverse solidus, no blanks, no control characters.
_ADDRESS: Final = re.compile(
    r"(?P<scheme>(?i:https?))://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._%-]+)(?::(?P<port>[0-9]{0,5}))?"
    r"(?P<path>(?:/[!-\[\]-~]*)?)"
)
_NAME: Final = re.compile(r"[a-z0-9._-]+")
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


def has_dots(url: str) -> bool:
    """Tell whether an address has segments ``.`` or ``..``, plain or escaped, which servers and programs read apart."""
    path = _QUERY_OR_FRAGMENT.split(url, maxsplit=1)[0].lower().replace("%2e", ".")
    return not {".", ".."}.isdisjoint(
        path.replace("\\", "/").replace("%2f", "/").replace("%5c", "/").split("/")
    )


def normalised(url: str) -> str:
    """Write an address in its one normal form, without query and fragment.

    By syntax (RFC 3986 section 6.2.2): scheme and host in lower case, escapes in upper case and only where they are
    needed, no dot segments; an IPv6 address as RFC 5952 has it. By scheme (section 6.2.3): no default port, and an
    empty path is ``/``. Nothing else is equal: not a slash at the end, not a doubled slash, not ``%2F`` and ``/``.

    Raises:
        ValueError: It is not an absolute http address in ASCII, or it holds a user name, which is no part of a
            target (RFC 9110 section 4.2.4).
    """
    found = _ADDRESS.fullmatch(_QUERY_OR_FRAGMENT.split(url, maxsplit=1)[0])
    if found is None:
        raise ValueError("not an absolute http address")
    scheme, port = found["scheme"].lower(), found["port"]
    authority = _host(found["host"])
    if port and int(port) != _DEFAULT_PORTS[scheme]:
        authority += f":{int(port)}"
    return f"{scheme}://{authority}{_without_dots(_unescaped(found['path']))}"


def _host(text: str) -> str:
    if text.startswith("["):
        return f"[{ipaddress.IPv6Address(text[1:-1])}]"
    host = _unescaped(text).lower()
    if not _NAME.fullmatch(host):
        raise ValueError("not the name of a host")
    return host


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
