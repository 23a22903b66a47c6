"""A transaction on PostgreSQL that makes no more round trips than it has things to know."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from psycopg import InterfaceError, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper

from gatepass_server.store.sql.departed import Departed, require_kept
from gatepass_server.store.sql.prepared import Prepared
from gatepass_server.store.sql.questions import Answer, Asked, Question, raise_failed
from gatepass_server.store.sql.round_trip import receive
from gatepass_server.store.sql.watch import Watch

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.abc import Transformer as TransformerOfConnection

_REMEMBERED: Final = "pipeline"
_OPEN: Final = {TransactionStatus.INTRANS, TransactionStatus.INERROR}


class Pipeline:
    """A connection of psycopg whose statements wait until somebody wants to know what came of one.

    Then all that wait are sent and answered in one round trip, in libpq's pipeline mode; each sees what those before
    it did. What nobody wants to know of travels with the commit. So an error is raised where an answer is read, or by
    the commit. Whichever it is, nothing that was asked after the failure was done, and the transaction has failed.

    Args:
        driver: the connection, on which nothing has begun.
        info: what is remembered of it for as long as it is open.
        begin: the statements that begin a transaction; none where one statement stands by itself.
        watch: bounds the waits, in an event loop; None where they last as long as they must.
    """

    __slots__ = (
        "_afterwards",
        "_begin",
        "_departed",
        "_driver",
        "_is_over",
        "_is_transaction",
        "_prepared",
        "_transformer",
        "_waiting",
        "_watch",
    )

    def __init__(
        self,
        driver: "Connection[Any]",
        info: dict[Any, Any],
        begin: Sequence[str] = (),
        watch: Watch | None = None,
    ) -> None:
        remembered: tuple[Prepared, TransformerOfConnection] | None = info.get(_REMEMBERED)
        if remembered is None:
            driver.adapters.register_dumper(int, Int8BinaryDumper)  # one type, however large the number is
            remembered = info[_REMEMBERED] = Prepared(driver), Transformer(driver)
        self._prepared, self._transformer = remembered
        self._driver: Final = driver
        self._begin = begin
        self._is_transaction: Final = bool(begin)
        self._waiting: list[Question] = []
        self._afterwards: list[Question] = []
        self._is_over = False
        self._departed: Departed | None = None
        self._watch = watch
        driver.pgconn.enter_pipeline_mode()

    def fileno(self) -> int:
        """The socket of the connection."""
        return self._driver.pgconn.socket

    def execute(self, text: str, values: Sequence[Any] = ()) -> Answer:
        """Have a statement wait.

        Raises:
            psycopg.DataError: PostgreSQL has no such value.
        """
        return self._ask_later([self._question(text, values)])

    def executemany(self, text: str, rows: Iterable[Sequence[Any]]) -> Answer:
        """The same, once for each row of values."""
        return self._ask_later([self._question(text, values) for values in rows])

    def afterwards(self, text: str) -> None:
        """Have a statement run by itself when the transaction has committed, in the same round trip."""
        self._afterwards.append(self._question(text, ()))

    def commit(self) -> None:
        """Send what waits, and keep what was done.

        Raises:
            StatementRefusedError: a statement had failed, and the block went on. PostgreSQL answers ``ROLLBACK`` then,
                without an error.
        """
        if self._must_end:
            commit = self._commit()
            self._ask()
            require_kept(commit)
        else:
            self._ask()
        self._leave()

    def depart(self) -> Departed | None:
        """The same, without waiting for what comes of it: ``land`` does.

        Returns:
            The commit, on its way. None where it is done, because there was nothing to keep, or it may be waited for.

        Raises:
            psycopg.OperationalError: the connection is lost.
        """
        if self._watch is None or not self._must_end:
            self.commit()
            return None
        commit = self._commit()
        self._departed = Departed(self._driver, self._prepared, self._send(), commit, self._watch)
        return self._departed

    def land(self, *, is_short: bool) -> None:
        """End what has departed.

        Args:
            is_short: see ``Departed.finish``.

        Raises:
            psycopg.Error, StatementRefusedError: see ``Departed.finish``.
        """
        departed, self._departed = self._departed, None
        if departed is not None:
            departed.finish(is_short=is_short)
            self._leave()

    def rollback(self) -> None:
        """Forget what waits, and undo what was done.

        Raises:
            psycopg.OperationalError: the connection is lost, or was left amid its answers: it is good for nothing.
        """
        self._waiting.clear()
        status = self._driver.pgconn.transaction_status
        if status in _OPEN:
            self._waiting.append(self._question("ROLLBACK", ()))
            self._ask(is_short=True)
        elif status != TransactionStatus.IDLE:
            raise OperationalError("the connection was left amid its answers")
        self._leave()

    def _question(self, text: str, values: Sequence[Any]) -> Question:
        transformer = self._transformer
        dumped = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        return Question(text, dumped, transformer.types or (), transformer.formats or ())

    def _ask_later(self, questions: list[Question]) -> Answer:
        if self._is_over:
            raise InterfaceError("the transaction is over")
        self._waiting += questions
        return Answer(questions, self._ask, self._transformer)

    @property
    def _must_end(self) -> bool:
        return self._is_transaction and bool(self._waiting or not self._begin)

    def _commit(self) -> Question:
        commit = self._question("COMMIT", ())
        self._waiting += [commit, *self._afterwards]
        return commit

    def _ask(self, *, is_short: bool = False) -> None:
        """One round trip, for everything that waits.

        Args:
            is_short: whether it is soon given up in an event loop, whatever was kept.

        Raises:
            psycopg.Error: of the first that failed.
        """
        if self._departed is not None:
            self._departed.finish()
        if self._waiting:
            self._receive(self._send(), is_short=is_short)

    def _send(self) -> list[Asked]:
        questions, self._waiting = self._waiting, []
        if self._begin:
            questions = [*(self._question(text, ()) for text in self._begin), *questions]
            self._begin = ()
        asked = self._prepared.send(questions)
        self._driver.pgconn.pipeline_sync()
        return asked

    def _receive(self, asked: Sequence[Asked], *, is_short: bool) -> None:
        driver, watch = self._driver, self._watch
        try:
            if watch is None:
                driver.wait(receive(driver.pgconn, asked))
            else:
                watch.wait(driver, receive(driver.pgconn, asked, is_patient=False), is_short=is_short)
        except OperationalError:
            raise_failed(asked)  # a server that ends says why, before it closes the connection
            raise
        finally:
            self._prepared.settle(asked)
        raise_failed(asked)

    def _leave(self) -> None:
        self._is_over = True
        self._driver.pgconn.exit_pipeline_mode()
