"""Secrets that all processes share, sealed under the master key."""

from collections.abc import Mapping
from typing import Protocol


class SealedSecrets(Protocol):
    """Sealed bytes by name."""

    def add(self, name: str, sealed: bytes, *, now: int) -> bytes:
        """Keep a secret unless there is one of this name; what is kept. Of racing callers all get the same."""
        ...

    def find(self, name: str) -> bytes | None:
        """The secret of this name."""
        ...

    def all(self) -> Mapping[str, bytes]:
        """Every secret by its name."""
        ...

    def reseal(self, name: str, sealed: bytes) -> None:
        """Replace the sealed bytes of a secret."""
        ...
