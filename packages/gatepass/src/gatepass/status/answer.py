"""What comes of asking for a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class NoListError(Exception):
    """No list came, or one that is not taken; ``str(error)`` says why, for the log."""


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """A list that came.

    Attributes:
        body: The signed list, as it stands in the answer, its content encoding taken off.
        etag: Its entity tag (RFC 9110 section 8.8.3), if it has one.
    """

    body: bytes
    etag: str | None


FetchList = Callable[[str, str | None], ListAnswer | None]
"""From the address of a list, and the tag of what is known of it, to the list, or ``None`` for: unchanged.

It blocks, for a bounded time, and raises a NoListError.
"""
