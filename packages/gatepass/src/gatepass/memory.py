"""Remember tokens whose signature was checked, so that it need not be computed again."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepass.keys import Key
    from gatepass.principal import Principal


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept of a verified token: everything its rules need, and not the token."""

    kid: str | None
    alg: str
    key: Key
    claims: Mapping[str, Any]
    principal: Principal


class Memory:
    """A bounded map from the digest of a token to what is remembered of it; the oldest goes first.

    Only verified tokens come in, so strangers cannot push others out. Reading takes no lock: looking a key up
    in a dictionary is one step.

    Args:
        size: How many tokens; 0 remembers none.
    """

    def __init__(self, size: int) -> None:
        given: object = size
        if not isinstance(given, int) or given < 0:
            raise ValueError("cache_size is a number of tokens, 0 or more.")
        self.size = size
        self._known: dict[bytes, Remembered] = {}
        self._lock = threading.Lock()

    def recall(self, digest: bytes) -> Remembered | None:
        """Return what is remembered, or ``None``."""
        return self._known.get(digest)

    def remember(self, digest: bytes, token: Remembered) -> None:
        """Keep a verified token, letting the oldest go when there are too many."""
        with self._lock:
            self._known[digest] = token
            if len(self._known) > self.size:
                del self._known[next(iter(self._known))]

    def forget(self, digest: bytes) -> None:
        """Drop one."""
        with self._lock:
            self._known.pop(digest, None)
