"""Transactions on PostgreSQL in an event loop, where nothing is waited for long, and commits not at all."""

from types import TracebackType
from typing import TYPE_CHECKING

from gatepass_server.domain.errors import Busy
from gatepass_server.store.ports.patience import Arriving, WouldWait, is_repeatable, must_not_wait, note_kept
from gatepass_server.store.sql.compiled import Statements
from gatepass_server.store.sql.failures import Failures
from gatepass_server.store.sql.transaction import Transaction
from gatepass_server.store.sql.uow import SqlUnitOfWork
from gatepass_server.store.sql.watch import Watch
from gatepass_server.store.sql.ways import Way

if TYPE_CHECKING:
    from gatepass_server.store.sql.departed import Departed


class InEventLoop(Transaction):
    """One that begins anew in a thread where the server lets it wait, as long as its request has kept nothing.

    Args:
        way: how it begins.
        statements: of the database.
        failures: what its errors mean.
        watch: what is known of the server.
    """

    __slots__ = ("_can_begin_anew", "_is_repeatable", "_watch")

    def __init__(self, way: Way, statements: Statements, failures: Failures, watch: Watch) -> None:
        super().__init__(way, statements, failures)
        self._watch = watch
        self._can_begin_anew = must_not_wait()
        self._is_repeatable = is_repeatable()

    def __enter__(self) -> SqlUnitOfWork:
        """See ``Transaction``.

        Raises:
            WouldWait: others have waited in vain, or no connection is at hand.
        """
        self._watch.demand()
        return super().__enter__()

    def _explained(self, error: Exception) -> BaseException:
        explained = super()._explained(error)
        if not isinstance(explained, Busy):
            return explained
        self._watch.lose()
        return WouldWait() if self._can_begin_anew else explained


class Departing(InEventLoop, Arriving):
    """One that writes. When the block is left, its commit is sent, and is waited for before the answer leaves."""

    __slots__ = ("_departed",)

    _departed: "Departed"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send the commit, and owe what comes of it."""
        if error is not None:
            super().__exit__(kind, error, trace)
            return
        try:
            self._uow.finish()
        except BaseException as late:  # noqa: BLE001 - it is raised by this
            self._end(late)
            return
        try:
            departed = self._driver.depart()
        except BaseException as late:  # noqa: BLE001 - it is raised by this
            self._can_begin_anew = self._can_begin_anew and self._is_repeatable  # some of it was sent
            self._end(late)
            return
        if departed is None:
            self._end(None)
            return
        self._departed = departed
        if departed.has_left:
            note_kept(self)
        else:  # it is more than the sockets hold
            note_kept(None)
            self.wait()

    def wait(self) -> None:
        """See ``Arriving``."""
        error: BaseException | None = None
        try:
            self._driver.land(is_short=self._is_repeatable)
        except BaseException as late:  # noqa: BLE001 - it is raised by this
            error = late
            if not self._is_repeatable and not self._departed.is_undone:
                self._can_begin_anew = False  # nobody knows whether it was kept
        self._end(error)

    def fileno(self) -> int:
        """See ``Arriving``."""
        return self._driver.fileno()  # type: ignore[no-any-return]  # the driver is any

    def is_here(self) -> bool:
        """See ``Arriving``."""
        return self._departed.is_here()

    def give_up(self) -> None:
        """See ``Arriving``."""
        self._departed.give_up()
