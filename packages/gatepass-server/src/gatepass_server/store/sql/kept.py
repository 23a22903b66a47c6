"""Transactions on SQLite that are on the disk when they are left, and those of an event loop, which does not wait."""

from types import TracebackType

from gatepass_server.domain.errors import Busy
from gatepass_server.store.ports.patience import Owed, WouldWait, note_kept
from gatepass_server.store.sql.hope import Hope
from gatepass_server.store.sql.transaction import Transaction
from gatepass_server.store.sql.uow import SqlUnitOfWork


class Kept:
    """A context manager around a transaction. Leaving it waits for the disk, or owes that to the answer.

    Args:
        disk: that it is waited for; None where it need not outlive a power cut.
    """

    __slots__ = ("_disk", "_transaction")

    def __init__(self, transaction: Transaction, disk: Owed | None) -> None:
        self._transaction = transaction
        self._disk = disk

    def __enter__(self) -> SqlUnitOfWork:
        return self._transaction.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.__exit__(kind, error, trace)
        if error is None:
            note_kept(self._disk)


class AtOnce(Kept):
    """The same around one whose connection hardly waits for the lock. Its end owes the disk to the answer.

    Args:
        disk: that it is waited for; None where it need not outlive a power cut.
    """

    __slots__ = ("_hope",)

    def __init__(self, transaction: Transaction, hope: Hope, disk: Owed | None) -> None:
        super().__init__(transaction, disk)
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
