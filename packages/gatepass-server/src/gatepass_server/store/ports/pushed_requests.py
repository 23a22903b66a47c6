"""Authorization requests that were sent ahead (RFC 9126)."""

from typing import Protocol

from gatepass_server.domain.grants import PushedRequest


class PushedRequests(Protocol):
    """Authorization requests that were sent ahead."""

    def add(self, request: PushedRequest) -> None:
        """Keep a new one."""
        ...

    def find(self, digest: bytes) -> PushedRequest | None:
        """The one with this digest, spent or not, expired or not."""
        ...

    def consume(self, digest: bytes, *, now: int) -> bool:
        """Spend one that was not spent, by one atomic statement; of racing callers one can."""
        ...

    def prune(self, before: int, *, limit: int) -> None:
        """Delete up to ``limit`` that expired before ``before``. It waits for nobody."""
        ...
