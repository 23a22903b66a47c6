"""The content security policy of a page: nothing inline, nothing from elsewhere but what it names."""

from collections.abc import Iterable
from urllib.parse import urlsplit


def content_policy(
    *, leads_to: Iterable[str] = (), images: Iterable[str] = (), frames_from: Iterable[str] = ()
) -> str:
    """The policy.

    Args:
        leads_to: addresses where a form's answer may redirect to. Chromium holds redirects after a form against
            ``form-action``, too (CSP 3 section 6.4.1 leaves it open).
        images: addresses of pictures that are not ours.
        frames_from: origins of the frames that it loads.
    """
    targets = " ".join(["'self'", *dict.fromkeys(filter(None, map(source_of, leads_to)))])
    pictures = " ".join(["'self'", *dict.fromkeys(filter(None, map(_origin, images)))])
    framed = " ".join(dict.fromkeys(filter(None, map(_origin, frames_from))))
    frames = f"frame-src {framed}; " if framed else ""
    return (
        f"default-src 'none'; style-src 'self'; script-src 'self'; img-src {pictures}; form-action {targets}; "
        f"{frames}frame-ancestors 'none'; base-uri 'none'"
    )


def source_of(address: str) -> str:
    """What CSP calls the place of ``address``: its origin, or the scheme alone where there is no plain host.

    A program on a device has a scheme of its own; and an IPv6 address cannot be written in a policy.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or "[" in parts.netloc:
        return f"{parts.scheme}:" if parts.scheme else ""
    return _origin(address)


def _origin(address: str) -> str:
    """``scheme://host:port`` of an http(s) address that has nothing in it to end the directive with."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2].lower()
    if parts.scheme not in {"http", "https"} or not host or set(host) & set(" ;,'\"\t\r\n"):
        return ""
    return f"{parts.scheme}://{host}"
