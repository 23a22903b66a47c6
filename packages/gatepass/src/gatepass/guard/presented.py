"""What a request presents, as plain facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Presented(NamedTuple):
    """The part of a request that decides whether it is admitted.

    Attributes:
        authorization: The values of all ``Authorization`` headers.
        extra: The values of further headers that may hold a bare token.
        proofs: The values of all ``DPoP`` headers.
        method: The HTTP method.
        path: The path as the client asked for it, percent-encoded, with the prefix where the program is mounted
            and without the query.
    """

    authorization: Sequence[str]
    extra: Sequence[str] = ()
    proofs: Sequence[str] = ()
    method: str = "GET"
    path: str = "/"
