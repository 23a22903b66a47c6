"""What PostgreSQL is asked, and what it answered."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from psycopg.errors import InFailedSqlTransaction, InterfaceError, error_from_result
from psycopg.pq import ExecStatus

if TYPE_CHECKING:
    from psycopg.abc import Buffer, Transformer
    from psycopg.pq.abc import PGresult

_DONE: Final = {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}


class Asked:
    """Something that is sent in a pipeline and answered there, in order.

    Attributes:
        result: The answer; None until it came.
    """

    __slots__ = ("result",)

    def __init__(self) -> None:
        self.result: PGresult | None = None

    @property
    def is_done(self) -> bool:
        """Whether the server did it."""
        return self.result is not None and self.result.status in _DONE


class Question(Asked):
    """A statement with its values, in the server's own form."""

    __slots__ = ("formats", "text", "types", "values")

    def __init__(
        self, text: str, values: "Sequence[Buffer | None]", types: tuple[int, ...], formats: Sequence[int]
    ) -> None:
        super().__init__()
        self.text: Final = text
        self.values: Final = values
        self.types: Final = types
        self.formats: Final = formats


class Answer:
    """What came of a statement: as much of a cursor (PEP 249) as ``Rows`` needs.

    Args:
        questions: one, or one for each of the rows that the statement is run for.
        ask: has everything answered that waits for it.
        transformer: makes values of Python of the server's.
    """

    __slots__ = ("_ask", "_questions", "_transformer")

    def __init__(
        self, questions: Sequence[Question], ask: Callable[[], None], transformer: "Transformer"
    ) -> None:
        self._questions = questions
        self._ask = ask
        self._transformer = transformer

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return sum(self._result(one).command_tuples or 0 for one in self._questions)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Every row."""
        return self._rows()

    def fetchone(self) -> tuple[Any, ...] | None:
        """The first row."""
        rows = self._rows(most=1)
        return rows[0] if rows else None

    def close(self) -> None:
        """Nothing: the server has told everything."""

    def _rows(self, most: int | None = None) -> list[tuple[Any, ...]]:
        (question,) = self._questions
        result = self._result(question)
        count = result.ntuples if most is None else min(most, result.ntuples)
        if not count:
            return []
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, count, tuple)

    def _result(self, question: Question) -> "PGresult":
        if question.result is None:
            self._ask()
        if question.result is None:
            raise InterfaceError("the transaction is over, and this statement was never sent")
        if not question.is_done:
            raise InFailedSqlTransaction("a statement of this transaction has failed")
        return question.result


def raise_failed(asked: Iterable[Asked]) -> None:
    """Raise the error of the first that failed.

    Raises:
        psycopg.Error: one did.
    """
    for one in asked:
        if one.result is not None and one.result.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(one.result)
