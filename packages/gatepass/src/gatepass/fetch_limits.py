"""What bounds a fetch, and how it fails; apart from the fetching itself, which loads urllib and ssl."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 256 * 1024
"""Size of an answer: a JWK set of a hundred keys with certificates fits."""

TIMEOUT: Final = 5.0
"""Seconds for the whole of a fetch: looking the name up, connecting, headers and body."""


class FetchError(Exception):
    """The answer did not come or is not taken; ``str(error)`` says why, for the log.

    Attributes:
        status: That of an answer that is none of the expected ones; ``None`` where there was no such answer.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
