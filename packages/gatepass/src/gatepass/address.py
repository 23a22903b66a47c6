"""Which addresses may be fetched."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from gatepass.errors import quote

_NAME = re.compile(r"[a-z0-9._-]+")


def checked_url(url: object) -> SplitResult:
    """Return the parts of an address that may be fetched.

    Only ``https``, or ``http`` to this very machine (RFC 8252 section 8.3 names the loopback addresses); no
    user name, which makes one host look like another; no spelling of a host that two readers may read in two
    ways.

    Raises:
        ValueError: One sentence that says what is wrong.
    """
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("An address must be a string of printable ASCII characters.")
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in {"https", "http"} or not host:
        raise ValueError(f"The address {quote(url)} must begin with https:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise ValueError("An address must not hold a user name or a password.")
    port = parts.port  # raises ValueError when it is not a number up to 65535
    # The network part is written again from what was understood of it: nothing else may stand there, because
    # the HTTP client reads it once more and must come to the same host.
    authority = _host_as_written(host) + (f":{port}" if port is not None else "")
    if authority != parts.netloc.lower():
        raise ValueError(f"The address {quote(url)} does not name its host plainly.")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(
            f"The address {quote(url)} must begin with https://: plain http is for this machine only."
        )
    return parts


def is_loopback(host: str) -> bool:
    """Tell whether a host is this very machine, by its name alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host_as_written(host: str) -> str:
    if _NAME.fullmatch(host):
        return host
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        return ""
    return "" if address.scope_id else f"[{host}]"
