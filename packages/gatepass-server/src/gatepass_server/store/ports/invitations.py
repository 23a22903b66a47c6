"""Invitations to register programs, as the rest of the house asks for them."""

from collections.abc import Sequence
from typing import Protocol

from gatepass_server.domain.invitations import Invitation


class Invitations(Protocol):
    """Initial access tokens."""

    def add(self, invitation: Invitation) -> None:
        """Keep a new one."""
        ...

    def find(self, digest: bytes) -> Invitation | None:
        """The one with this digest, good or not."""
        ...

    def spend(self, digest: bytes, now: int) -> bool:
        """Take one of its uses, by one atomic statement; False where none is left, or it has expired."""
        ...

    def all(self) -> Sequence[Invitation]:
        """Every one, in the order in which they were made."""
        ...

    def remove(self, name: str) -> int:
        """Forget those with this name; how many went."""
        ...

    def prune(self, before: int) -> int:
        """Delete those that expired before ``before``; how many went."""
        ...
