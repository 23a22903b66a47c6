"""Addresses of our own pages, built from the configured issuer and never from the ``Host`` header."""

import re
from urllib.parse import urlencode, urlsplit

_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*\Z")
"""One slash and not two, then printable ASCII without spaces and backslashes (which browsers take for slashes)."""

_LONGEST = 2000


class Links:
    """Makes paths for links, forms and redirects.

    Args:
        issuer: the public address of this server; its path is the prefix of all pages.
    """

    def __init__(self, issuer: str) -> None:
        self._prefix = urlsplit(issuer).path.rstrip("/")

    def __call__(self, path: str, **parameters: str) -> str:
        """The path of a page, with those parameters that are not empty."""
        query = urlencode({name: value for name, value in parameters.items() if value})
        return f"{self._prefix}{path}{'?' if query else ''}{query}"


def local_address(text: str | None) -> str:
    """``text`` if it is a path on this very host, otherwise nothing: a sign-in leads nobody astray."""
    return text if text and len(text) <= _LONGEST and _LOCAL.match(text) else ""
