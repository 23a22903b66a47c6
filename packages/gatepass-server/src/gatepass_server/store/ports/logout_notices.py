"""Messages about log-outs that wait to be delivered.

``Sessions.end`` and ``Sessions.end_all_of`` put them there, in the transaction that ends the sessions.
"""

from collections.abc import Sequence
from typing import Protocol

from gatepass_server.domain.logout_notices import LogoutNotice


class LogoutNotices(Protocol):
    """A queue that all processes share."""

    def are_due(self, now: int) -> bool:
        """Whether any is to be tried; reads only."""
        ...

    def claim(self, now: int, *, until: int, limit: int) -> Sequence[LogoutNotice]:
        """Take up to ``limit`` due notices for oneself, those that were tried the least first.

        Nobody else gets them before ``until``, whatever happens to the caller.
        """
        ...

    def postpone(self, notice: LogoutNotice, next_at: int) -> bool:
        """Try a claimed notice again at ``next_at``. False if the claim was lost to somebody else."""
        ...

    def remove(self, notice_id: str) -> bool:
        """Forget a notice: it was delivered, or given up. True if it was there."""
        ...
