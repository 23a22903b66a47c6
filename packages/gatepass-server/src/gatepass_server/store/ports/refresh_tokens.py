"""Single-use tokens that prolong a session."""

from dataclasses import dataclass
from typing import Protocol

from gatepass_server.domain.sessions import RefreshFamily
from gatepass_server.store.ports.later import Later


@dataclass(frozen=True, slots=True)
class Rotation:
    """A token that is spent, and the one that takes its place (both as digests)."""

    family: bytes
    spent: bytes
    successor: bytes
    salt: bytes


class RefreshTokens(Protocol):
    """Families of refresh tokens: a row each, however often they are rotated."""

    def add(self, family: RefreshFamily) -> None:
        """Keep a new family."""
        ...

    def rotate(self, rotation: Rotation, *, now: int, idle: int) -> Later[bool]:
        """Put the successor in the place of the token, by one atomic statement; of racing callers one gets it.

        Args:
            rotation: what takes the place of what.
            now: the token must not have expired by then.
            idle: the life of the successor, in seconds; the end of the session is the caller's to judge.

        Returns:
            False where the token is not the good one of its family.
        """
        ...

    def find(self, family: bytes) -> RefreshFamily | None:
        """The family as it is, so that a replay can be told from garbage."""
        ...
