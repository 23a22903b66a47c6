"""Where lists may lie."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from gatepass.address import checked_url

if TYPE_CHECKING:
    from collections.abc import Iterable
    from urllib.parse import SplitResult

_PORTS = {"https": 443, "http": 80}


class Places:
    """The origins (RFC 6454 section 4) from which lists are fetched: the issuer's own, and those that are named.

    The address of a list is the issuer's word, because it stands in a signed token. It is bounded all the same: what
    an issuer lets others write into its tokens must not choose which hosts a program asks.

    Args:
        issuer: The issuer; only where it is an address, it names an origin.
        others: Further origins.
    """

    def __init__(self, issuer: str, others: Iterable[str]) -> None:
        self._origins = {_origin(checked_url(address)) for address in others}
        with suppress(
            ValueError
        ):  # an issuer may have any name; then lists are taken from named origins only
            self._origins.add(_origin(checked_url(issuer)))

    def refusal(self, uri: str) -> str:
        """Say why a list is not fetched from an address; an empty string where it is."""
        try:
            parts = checked_url(uri)
        except ValueError as error:
            return str(error)
        if "#" in uri:  # never sent, so one list would have any number of names
            return "The address of a list has no fragment."
        if _origin(parts) not in self._origins:
            return "The list lies neither at the issuer's origin nor at one that StatusPolicy(origins=...) names."
        return ""


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme]
