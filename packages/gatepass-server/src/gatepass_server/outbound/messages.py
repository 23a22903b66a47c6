"""What is asked, and what comes back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

MAX_BYTES: Final = 64 * 1024
"""Size of a body that is read."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        kinds: Content types that are taken, in lower case; ``+json`` stands for all that end like this. None: the
            answer is taken whatever its status, and its body not read.
        max_bytes: Size of the body at which to give up.
        takes_errors: Whether the body of an error (400 to 499) is read, too, where its kind is taken.
    """

    method: str
    headers: Mapping[str, str]
    body: bytes | None = None
    kinds: Collection[str] | None = None
    max_bytes: int = MAX_BYTES
    takes_errors: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        headers: By their names in lower case; of two with the same name, the last.
        body: At most as many bytes as were asked for.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
