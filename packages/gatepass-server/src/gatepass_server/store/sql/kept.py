"""Transactions on SQLite that are on the disk when they are left, and those of an event loop, which does not wait."""

import time
from types import TracebackType

from gatepass_server.domain.errors import Busy
from gatepass_server.store.ports.patience import Wait, WouldWait, note_kept
from gatepass_server.store.sql.transaction import Transaction
from gatepass_server.store.sql.uow import SqlUnitOfWork

_PAUSE = 0.2
"""Seconds in which nobody tries again after the lock was waited for in vain: somebody holds it for long."""


class Kept:
    """A context manager around a transaction. Leaving it waits for the disk, or owes that to the answer.

    Args:
        wait: for the disk; None where it need not outlive a power cut.
    """

    __slots__ = ("_transaction", "_wait")

    def __init__(self, transaction: Transaction, wait: Wait | None) -> None:
        self._transaction = transaction
        self._wait = wait

    def __enter__(self) -> SqlUnitOfWork:
        return self._transaction.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.__exit__(kind, error, trace)
        if error is None:
            note_kept(self._wait)


class Hope:
    """Whether SQLite's write lock may be had at once."""

    __slots__ = ("_failed_at",)

    def __init__(self) -> None:
        self._failed_at: float | None = None

    def demand(self) -> None:
        """Go on only where there is some.

        Raises:
            WouldWait: it was not to be had a moment ago.
        """
        if self._failed_at is not None and time.monotonic() - self._failed_at < _PAUSE:
            raise WouldWait

    def lose(self) -> None:
        """It was waited for in vain."""
        self._failed_at = time.monotonic()


class AtOnce(Kept):
    """The same around one whose connection hardly waits for the lock. Its end owes the disk to the answer.

    Args:
        wait: for the disk; None where it need not outlive a power cut.
    """

    __slots__ = ("_hope",)

    def __init__(self, transaction: Transaction, hope: Hope, wait: Wait | None) -> None:
        super().__init__(transaction, wait)
        self._hope = hope

    def __enter__(self) -> SqlUnitOfWork:
        """Begin.

        Raises:
            WouldWait: somebody else holds the lock.
        """
        self._hope.demand()
        try:
            return super().__enter__()
        except Busy:
            self._hope.lose()
            raise WouldWait from None
