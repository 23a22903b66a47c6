"""Which addresses an answer may be sent to, and when one is the registered one (RFC 9700 section 2.1, RFC 8252)."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

_PRIVATE_USE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
"""RFC 8252 section 7.1: a domain name under the maker's control, in reverse order."""

_UNFIT = re.compile(r"[^\x21-\x7e]|[\\\"<>^`{|}]")
"""What no URI contains (RFC 3986 section 2), and what browsers make of it differs."""

_LONGEST = 2000


def check_redirect_uri(uri: str, *, allow_http: bool = False) -> str:
    """The address, if it may be registered: https, http on loopback, or a private-use scheme.

    Args:
        uri: as it was given; it is compared as it is, so nothing is normalised.
        allow_http: whether plain http may be sent to other hosts, too.

    Raises:
        ValueError: with a sentence that says why not.
    """
    if not uri or len(uri) > _LONGEST or _UNFIT.search(uri):
        raise ValueError(
            f"A redirect URI is an absolute URI of at most {_LONGEST} printable ASCII characters."
        )
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        raise ValueError("This is no URI.") from None
    if "#" in uri:
        raise ValueError("A redirect URI has no fragment (RFC 6749 section 3.1.2).")
    if parts.scheme in {"https", "http"}:
        _check_web_address(parts, port, allow_http=allow_http)
    elif not _PRIVATE_USE_SCHEME.fullmatch(parts.scheme):
        raise ValueError(
            "A redirect URI begins with https://, with http:// on loopback, or with a private-use scheme such as "
            "com.example.app:/ (RFC 8252 section 7.1)."
        )
    return uri


def is_loopback_host(host: str | None) -> bool:
    """Whether ``host`` never leaves the machine."""
    if host is None:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def matches(registered: str, asked: str) -> bool:
    """Whether the address asked for is the registered one, character by character.

    But for the port of a loopback address, which the system gives to a native program anew each time (RFC 8252
    section 7.3).
    """
    if registered == asked:
        return True
    if not registered.startswith("http://") or _UNFIT.search(asked) or "#" in asked:
        return False
    try:
        one, other = urlsplit(registered), urlsplit(asked)
        ports = one.port, other.port
    except ValueError:
        return False
    if not is_loopback_host(one.hostname) or "@" in other.netloc or 0 in ports:
        return False
    # Rebuilt from what was compared, so that nothing is overlooked that another parser would see.
    return asked == _with_port(one, ports[1])


def is_claimed(uri: str) -> bool:
    """Whether only its owner can receive what is sent there: not so on loopback, nor by a private-use scheme."""
    parts = urlsplit(uri)
    return parts.scheme == "https" and not is_loopback_host(parts.hostname)


def _check_web_address(parts: SplitResult, port: int | None, *, allow_http: bool) -> None:
    if "@" in parts.netloc:
        raise ValueError("A redirect URI names no user.")
    if not parts.hostname or port == 0 or "*" in parts.netloc:
        raise ValueError("A redirect URI names one host: no wildcards.")
    if parts.netloc != parts.netloc.lower():
        raise ValueError(
            "Write the host of a redirect URI in lower case: addresses are compared as they are."
        )
    if any(part in {".", ".."} for part in re.split(r"/|%2f", parts.path.lower().replace("%2e", "."))):
        raise ValueError("The path of a redirect URI has no dots to walk with.")
    if parts.scheme == "http" and not (allow_http or is_loopback_host(parts.hostname)):
        raise ValueError("Codes must not cross the network readable: use https.")


def _with_port(parts: SplitResult, port: int | None) -> str:
    host = parts.hostname or ""
    netloc = f"[{host}]" if ":" in host else host
    if port is not None:
        netloc += f":{port}"
    return parts._replace(netloc=netloc).geturl()
