"""Sign-ins through other houses that are under way."""

from typing import Protocol

from gatepass_server.domain.upstream_attempts import Attempt, Phase


class UpstreamAttempts(Protocol):
    """Attempts, each good once, and in the browser that began it alone."""

    def add(self, attempt: Attempt) -> None:
        """Keep a new one."""
        ...

    def find(
        self, digest: bytes, *, browser_digest: bytes, provider: str, phase: Phase, now: int
    ) -> Attempt | None:
        """The one that is good for this browser and house, and has come so far. To look spends nothing."""
        ...

    def spend(
        self, digest: bytes, *, browser_digest: bytes, provider: str, phase: Phase, now: int
    ) -> Attempt | None:
        """The same, spent by one atomic statement; of racing callers one gets it."""
        ...

    def prune(self, before: int, *, limit: int) -> None:
        """Delete up to ``limit`` that expired before ``before``. It waits for nobody."""
        ...
