"""The lists of the revocation feed: who has which places, and which of them are of sessions that were ended."""

from collections.abc import Sequence
from typing import Protocol

from gatepass_server.domain.status_lists import StatusBlock, StatusList


class StatusLists(Protocol):
    """The lists of the revocation feed. Times are whole seconds since the epoch."""

    def take(self, count: int, *, now: int, reach: int) -> StatusBlock | None:
        """Take ``count`` places of the newest list that has them, by one atomic statement; nobody else gets them.

        Args:
            count: how many.
            now: the list must not have closed by then.
            reach: seconds from the moment that the list closes until its last token must have ended; the list
                lives for that long, whatever was said when it was opened.

        Returns:
            The block; None where no open list has as many places.
        """
        ...

    def open(self, *, size: int, now: int, closes_at: int, expires_at: int) -> None:
        """Open a list, and delete those that expired before ``now``. The caller holds a lock against others.

        Its number is one that no list had before.
        """
        ...

    def live(self, now: int) -> Sequence[StatusList]:
        """The lists that have not expired, in the order of their numbers."""
        ...

    def ended(self, number: int, *, since: int | None) -> Sequence[int]:
        """The places in a list of the sessions that somebody ended: all of them, or from the second ``since`` on."""
        ...
