"""A place to reach: what an address says, read once and strictly."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from gatepass.address import checked_url
from gatepass_server.outbound.errors import Forbidden

MAX_URL = 2048
"""Characters of an address."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes.

    Attributes:
        host: In lower case; an IPv6 address without brackets.
        target: Path and query, as they stand in the request line.
        shown: The address for logs and sentences: without its query, which may hold secrets.
    """

    is_https: bool
    host: str
    port: int
    target: str
    shown: str

    @property
    def has_default_port(self) -> bool:
        """Whether the port is that of its scheme: 443, or 80 for plain ``http``."""
        return self.port == (443 if self.is_https else 80)


def read_place(url: str, *, plain_http: bool) -> Place:
    """Read an address that somebody named.

    Args:
        url: ``https`` with a host; no user name, no second way to read it (see ``gatepass.address.checked_url``).
        plain_http: Whether ``http`` will do, too.

    Raises:
        Forbidden: It may not be reached, whatever its host.
    """
    if len(url) > MAX_URL:
        raise Forbidden(f"an address of more than {MAX_URL} characters")
    try:
        # The scheme is judged here: the library takes plain http to this machine, and this room does not.
        parts = checked_url("https" + url[4:] if url[:5].lower() == "http:" else url)
        scheme = urlsplit(url).scheme
    except ValueError:
        raise Forbidden(f"{shown_url(url)}: it is no https address whose host is plainly written") from None
    if scheme != "https" and not plain_http:
        raise Forbidden(f"{shown_url(url)}: it must begin with https://")
    host = parts.hostname or ""
    if host.endswith("."):
        raise Forbidden(f"{shown_url(url)}: its host ends with a dot")
    is_https = scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = (443 if is_https else 80) if parts.port is None else parts.port
    return Place(is_https, host, port, target, shown_url(url))


def shown_url(url: str) -> str:
    """An address without query, fragment and user name, cut at 200 characters: for logs and sentences."""
    bare = url.split("?", 1)[0].split("#", 1)[0]
    scheme, separator, rest = bare.partition("://")
    authority, slash, path = rest.partition("/")
    plain = scheme + separator + authority.rpartition("@")[2] + slash + path
    return "".join(letter if letter.isprintable() else "?" for letter in plain)[:200]
