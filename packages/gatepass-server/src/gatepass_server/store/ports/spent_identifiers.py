"""Identifiers of things that are good once."""

from typing import Protocol


class SpentIdentifiers(Protocol):
    """Identifiers (``jti``) of assertions and proofs, as digests, for as long as these could be presented again."""

    def spend(self, digest: bytes, *, expires_at: int, now: int) -> bool:
        """Remember an identifier until ``expires_at``, by one atomic statement; False if it was known already."""
        ...
