"""The key ring's rows."""

from collections.abc import Sequence
from typing import Protocol

from gatepass_server.domain.signing_keys import KeyRecord


class SigningKeys(Protocol):
    """The key ring's rows."""

    def add(self, key: KeyRecord) -> None:
        """Keep a new key.

        Raises:
            ValueError: a key with this ``kid`` exists.
        """
        ...

    def all(self) -> Sequence[KeyRecord]:
        """Every key, oldest activation first (then by kid)."""
        ...

    def schedule(self, kid: str, *, activates_at: int, retires_at: int | None, gone_at: int | None) -> None:
        """Set the three times of a key.

        Raises:
            NotFound: no key has this ``kid``.
        """
        ...

    def reseal(self, kid: str, sealed: bytes) -> None:
        """Replace the sealed bytes of a key.

        Raises:
            NotFound: no key has this ``kid``.
        """
        ...
