"""Requests that another site made a browser send are told apart by what the browser itself says of them."""

from urllib.parse import urlsplit

from flask import request

from gatepass_server.domain.errors import CsrfFailed

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def changes_something() -> bool:
    """Whether the request's method may change anything (RFC 9110 section 9.2.1)."""
    return request.method not in _SAFE


class OwnOrigin:
    """The origin of this server's pages.

    Args:
        issuer: the public address of this server.
    """

    def __init__(self, issuer: str) -> None:
        parts = urlsplit(issuer)
        host = parts.netloc.lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, ""))
        self._origin = f"{parts.scheme}://{host}"

    def demand(self) -> None:
        """Demand that no other site made the browser send the request.

        Programs that are no browsers say neither ``Origin`` nor ``Sec-Fetch-Site``, and are let through: nobody makes
        them send somebody else's cookie.

        Raises:
            CsrfFailed: a page of another origin did.
        """
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site")
        if origin == "null":  # also said of our own pages, where they hide their address (Referrer-Policy)
            if site != "same-origin":
                raise CsrfFailed(reason="Origin is null, and Sec-Fetch-Site is not same-origin")
        elif origin is not None:
            if origin != self._origin:
                raise CsrfFailed(
                    reason=f"Origin {origin!r} is not {self._origin!r}, which the setting issuer names"
                )
        elif site in {"cross-site", "same-site"}:
            raise CsrfFailed(reason=f"Sec-Fetch-Site is {site}")
