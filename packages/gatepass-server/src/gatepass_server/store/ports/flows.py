"""Authorization requests that wait for a person."""

from typing import Protocol

from gatepass_server.domain.flows import Flow, Steps


class Flows(Protocol):
    """Authorization requests that wait for a person."""

    def add(self, flow: Flow) -> None:
        """Keep a new one."""
        ...

    def find(self, digest: bytes) -> Flow | None:
        """The one with this digest, finished or not, expired or not."""
        ...

    def note(self, digest: bytes, steps: Steps) -> bool:
        """Replace what was done for it. True if it is there and not finished."""
        ...

    def finish(self, digest: bytes, *, now: int) -> bool:
        """Finish it, by one atomic statement; of racing callers one can."""
        ...

    def prune(self, before: int, *, limit: int) -> None:
        """Delete up to ``limit`` that expired before ``before``. It waits for nobody."""
        ...
