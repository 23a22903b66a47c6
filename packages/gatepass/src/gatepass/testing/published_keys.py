"""The keys that a fake issuer publishes at the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepass.keys import Key


class PublishedKeys:
    """A source that verifiers ask at every check, so they learn of every change at once.

    Attributes:
        keys: Set anew, as a whole, whenever they change.
    """

    def __init__(self, key: Key) -> None:
        self.keys: tuple[Key, ...] = (key,)

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:  # noqa: ARG002 - the protocol's; all are for one alg
        """Return the keys called ``kid``; without one, all of them."""
        return [key for key in self.keys if kid is None or key.kid == kid]
