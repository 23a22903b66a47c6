"""A commit that was sent to PostgreSQL, and whose answer is on its way."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import OperationalError
from psycopg.pq import DiagnosticField
from psycopg.waiting import Ready, Wait

from gatepass_server.store.sql.failures import WAITED_TOO_LONG, StatementRefusedError
from gatepass_server.store.sql.prepared import Prepared
from gatepass_server.store.sql.questions import Asked, Question, raise_failed
from gatepass_server.store.sql.round_trip import SILENT, receive
from gatepass_server.store.sql.watch import Watch

if TYPE_CHECKING:
    from psycopg import Connection

_SEVERITY: Final = DiagnosticField.SEVERITY_NONLOCALIZED


class Departed:
    """What was sent last in a transaction.

    Args:
        driver: the connection.
        prepared: its statements.
        asked: what was sent.
        commit: of that, the commit.
        watch: bounds the wait for what comes of it.
    """

    __slots__ = (
        "_answers",
        "_asked",
        "_commit",
        "_driver",
        "_failure",
        "_is_here",
        "_prepared",
        "_wanted",
        "_watch",
    )

    def __init__(
        self,
        driver: "Connection[Any]",
        prepared: Prepared,
        asked: Sequence[Asked],
        commit: Question,
        watch: Watch,
    ) -> None:
        self._driver: Final = driver
        self._prepared: Final = prepared
        self._asked: Final = asked
        self._commit: Final = commit
        self._watch: Final = watch
        self._failure: Exception | None = None
        self._answers: Final = receive(driver.pgconn, asked, is_patient=False)
        self._is_here = False
        self._wanted = Wait.RW
        self._advance(None)

    @property
    def has_left(self) -> bool:
        """Whether all of it was sent, and only answers are waited for."""
        return self._is_here or self._wanted is not Wait.RW

    @property
    def is_undone(self) -> bool:
        """Whether the server said that nothing was kept, because it would have had to wait.

        A pooler may say that it has lost the server; libpq then takes everything behind that for undone, too.
        """
        if self._failure is not None or self._commit.is_done:
            return False
        failed = next((one.result for one in self._asked if one.result and not one.is_done), None)
        if failed is None:
            return False
        severity, code = (failed.error_field(field) for field in (_SEVERITY, DiagnosticField.SQLSTATE))
        return severity == b"ERROR" and (code or b"").decode() in WAITED_TOO_LONG

    def is_here(self) -> bool:
        """Take in what has come. Whether that is all, or nothing more will."""
        if not self._is_here:
            self._advance(Ready.R)
        return self._is_here

    def give_up(self) -> None:
        """Wait for it no longer."""
        if not self._is_here:
            self._end(OperationalError(SILENT))

    def finish(self, *, is_short: bool = False) -> None:
        """Wait for what has not come yet, for a while.

        Args:
            is_short: whether it is soon given up, whatever was kept.

        Raises:
            psycopg.Error: of what failed, or of a connection that was lost, or on which nothing comes.
            StatementRefusedError: a statement had failed, and the block went on: nothing was kept.
        """
        if not self._is_here:
            try:
                self._watch.wait_for_commit(self._driver, self._answers, is_short=is_short)
            except psycopg.Error as error:
                self._end(error)
            except BaseException:
                self._end(OperationalError("nobody waited to the end"))
                raise
            else:
                self._end(None)
        if self._failure is not None:
            self._driver.close()  # and nothing is cancelled: a commit that waits for a replica would do without
        raise_failed(self._asked)  # a server that ends says why, before it closes the connection
        if self._failure is not None:
            raise self._failure
        require_kept(self._commit)

    def _advance(self, ready: Ready | None) -> None:
        try:
            self._wanted = self._answers.send(ready)  # type: ignore[arg-type]  # None begins a generator
        except StopIteration:
            self._end(None)
        except Exception as error:  # noqa: BLE001 - raised by ``finish``
            self._end(error)

    def _end(self, failure: Exception | None) -> None:
        self._is_here = True
        self._failure = failure
        self._prepared.settle(self._asked)


def require_kept(commit: Question) -> None:
    """PostgreSQL answers a commit with ``ROLLBACK``, without an error, where a statement had failed.

    Raises:
        StatementRefusedError: it did.
    """
    if commit.result is None or commit.result.command_status == b"ROLLBACK":
        raise StatementRefusedError("A statement failed, and the block went on: nothing was kept.")
