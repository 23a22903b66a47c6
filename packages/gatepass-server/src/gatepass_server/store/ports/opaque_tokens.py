"""Access tokens that are looked up."""

from dataclasses import dataclass
from typing import Protocol

from gatepass_server.domain.opaque_tokens import OpaqueToken
from gatepass_server.store.ports.sessions import LiveSession


@dataclass(frozen=True, slots=True)
class OpaqueAccess:
    """A token, its session and the session's owner, read together."""

    token: OpaqueToken
    live: LiveSession


class OpaqueTokens(Protocol):
    """Access tokens that are looked up."""

    def add(self, token: OpaqueToken) -> None:
        """Keep a new token."""
        ...

    def find(self, digest: bytes) -> OpaqueAccess | None:
        """The token with this digest, expired or not, with its session, ended or not, and its owner, in one read."""
        ...

    def delete(self, digest: bytes) -> bool:
        """Forget the token with this digest. True if it was there."""
        ...

    def prune(self, before: int, *, limit: int) -> None:
        """Delete up to ``limit`` tokens that expired before ``before``.

        It waits for nobody, and its work is bounded.
        """
        ...
