"""A transaction on PostgreSQL that makes no more round trips than it has things to know."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from psycopg import InterfaceError, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper

from gatepass_server.store.sql.failures import StatementRefusedError
from gatepass_server.store.sql.prepared import Prepared
from gatepass_server.store.sql.questions import Answer, Asked, Question
from gatepass_server.store.sql.round_trip import receive

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
    """

    __slots__ = (
        "_afterwards",
        "_begin",
        "_driver",
        "_is_over",
        "_is_transaction",
        "_prepared",
        "_transformer",
        "_waiting",
    )

    def __init__(self, driver: "Connection[Any]", info: dict[Any, Any], begin: Sequence[str] = ()) -> None:
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
        driver.pgconn.enter_pipeline_mode()

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
        if self._is_transaction and (self._waiting or not self._begin):
            last = self._question("COMMIT", ())
            self._waiting += [last, *self._afterwards]
            self._ask()
            if last.result is None or last.result.command_status == b"ROLLBACK":
                raise StatementRefusedError("A statement failed, and the block went on: nothing was kept.")
        else:
            self._ask()
        self._leave()

    def rollback(self) -> None:
        """Forget what waits, and undo what was done.

        Raises:
            psycopg.OperationalError: the connection is lost, or was left amid its answers and is closed now.
        """
        self._waiting.clear()
        status = self._driver.pgconn.transaction_status
        if status in _OPEN:
            self._waiting.append(self._question("ROLLBACK", ()))
            self._ask()
        elif status != TransactionStatus.IDLE:
            self._driver.close()
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

    def _ask(self) -> None:
        """One round trip, for everything that waits.

        Raises:
            psycopg.Error: of the first that failed.
        """
        if not self._waiting:
            return
        questions, self._waiting = self._waiting, []
        pgconn = self._driver.pgconn
        if self._begin:
            questions = [*(self._question(text, ()) for text in self._begin), *questions]
            self._begin = ()
        asked = self._prepared.send(questions)
        pgconn.pipeline_sync()
        try:
            self._driver.wait(receive(pgconn, asked))
        except OperationalError:
            _raise_failed(asked)  # a server that ends says why, before it closes the connection
            raise
        finally:
            self._prepared.settle(asked)
        _raise_failed(asked)

    def _leave(self) -> None:
        self._is_over = True
        self._driver.pgconn.exit_pipeline_mode()


def _raise_failed(asked: Iterable[Asked]) -> None:
    for one in asked:
        if one.result is not None and one.result.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(one.result)
