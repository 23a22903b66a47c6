"""Which texts can be an issuer (RFC 8414 section 2): every client compares it byte by byte."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

_URL = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")
"""The characters of a URL (RFC 3986 section 2); ``urlsplit`` would silently drop some of the others."""

_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*")


def issuer_faults(issuer: str, *, insecure_http: bool) -> list[str]:
    """What is wrong with ``issuer``: a sentence each. The text itself is never changed."""
    if not _URL.fullmatch(issuer):
        return ["it has characters that no URL has; write a host with other letters as xn--..."]
    try:
        parts = urlsplit(issuer)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        return [f"this is not a URL: {error}."]
    if parts.scheme not in {"http", "https"} or not host:
        return ["it must be an absolute http(s) URL, such as https://auth.example.com."]
    faults = []
    if "?" in issuer or "#" in issuer:
        faults.append("it must have no query and no fragment (RFC 8414 section 2).")
    if "@" in parts.netloc:
        faults.append("it must name no user and no password.")
    if not _is_host(host) or port == 0 or parts.netloc.endswith(":"):
        faults.append("its host or port cannot be reached by anybody.")
    if {".", ".."}.intersection(parts.path.split("/")) or "//" in parts.path:
        faults.append(
            "its path must not have the segments `.`, `..` or an empty one: clients would change them."
        )
    if _is_readable(parts, host) and not insecure_http:
        faults.append("use https, or say `insecure_http = true` if readable traffic is acceptable.")
    return faults


def is_loopback(host: str) -> bool:
    """Whether what is sent to ``host`` never leaves this machine (RFC 6761 section 6.3 for names)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_readable(parts: SplitResult, host: str) -> bool:
    return parts.scheme == "http" and not is_loopback(host)


def _is_host(host: str) -> bool:
    if ":" not in host:
        return _HOST.fullmatch(host) is not None
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host  # a zone is known to one machine alone (RFC 6874)
