"""The statements that one connection to PostgreSQL has prepared."""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from psycopg import capabilities
from psycopg.pq import Format

from gatepass_server.store.sql.questions import Asked, Question

if TYPE_CHECKING:
    from psycopg import Connection


MOST_KEPT: Final = 100
"""Statements of one connection, for each of which the server keeps a plan. The busy ways use some thirty."""


class _Known:
    """A statement that was asked.

    Attributes:
        uses: How often, before it was prepared.
        name: The server's for it, where it is prepared.
    """

    __slots__ = ("name", "uses")

    def __init__(self) -> None:
        self.uses = 0
        self.name: bytes | None = None


class _Preparation(Asked):
    __slots__ = ("known", "name")

    def __init__(self, known: _Known, name: bytes) -> None:
        super().__init__()
        self.known: Final = known
        self.name: Final = name


class _Closing(Asked):
    __slots__ = ("name",)

    def __init__(self, name: bytes) -> None:
        super().__init__()
        self.name: Final = name


class Prepared:
    """Sends statements over one connection, and has those prepared that come again.

    psycopg's setting holds: ``prepare_threshold`` is how often a statement is run before it is prepared (None: none
    is, for poolers that change the server's connection with every transaction). A rollback takes no preparation back.
    """

    __slots__ = ("_known", "_numbers", "_pgconn", "_threshold", "_unclosed")

    def __init__(self, driver: "Connection[Any]") -> None:
        self._pgconn: Final = driver.pgconn
        self._threshold: Final = driver.prepare_threshold
        self._known: Final[OrderedDict[tuple[str, tuple[int, ...]], _Known]] = OrderedDict()
        self._numbers: Final = count(1)
        self._unclosed: list[bytes] = []

    def send(self, questions: Sequence[Question]) -> list[Asked]:
        """Send them, or have libpq keep them until the pipeline's next synchronization.

        Returns:
            What will be answered, in this order.
        """
        asked: list[Asked] = []
        for question in questions:
            if self._threshold is not None:
                self._send(question, self._threshold, asked)
            else:
                self._send_text(question)
            asked.append(question)
        return asked

    def settle(self, asked: Sequence[Asked]) -> None:
        """Note which preparations were passed over because something before them failed."""
        unmade: set[bytes] = set()
        for one in asked:
            if one.is_done:
                continue
            if isinstance(one, _Preparation):
                unmade.add(one.name)
                one.known.name = None
            elif isinstance(one, _Closing):
                self._unclosed.append(one.name)
        if unmade:  # DEALLOCATE would fail for what was never there, and the transaction with it
            self._unclosed = [name for name in self._unclosed if name not in unmade]

    def _send(self, question: Question, threshold: int, asked: list[Asked]) -> None:
        known = self._find(question)
        name = known.name
        if name is None:
            if known.uses < threshold:
                known.uses += 1
                self._send_text(question)
                return
            while self._unclosed:
                asked.append(self._close(self._unclosed.pop()))
            name = known.name = b"gatepass_%d" % next(self._numbers)
            self._pgconn.send_prepare(name, question.text.encode(), question.types)
            asked.append(_Preparation(known, name))
        self._pgconn.send_query_prepared(name, question.values, question.formats, Format.BINARY)

    def _find(self, question: Question) -> _Known:
        key = question.text, question.types
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known
        if len(self._known) >= MOST_KEPT:
            _, oldest = self._known.popitem(last=False)
            if oldest.name is not None:
                self._unclosed.append(oldest.name)
        known = self._known[key] = _Known()
        return known

    def _send_text(self, question: Question) -> None:
        self._pgconn.send_query_params(
            question.text.encode(), question.values, question.types, question.formats, Format.BINARY
        )

    def _close(self, name: bytes) -> _Closing:
        if capabilities.has_send_close_prepared():  # libpq 17; poolers understand it, too
            self._pgconn.send_close_prepared(name)
        else:
            self._pgconn.send_query_params(b"DEALLOCATE " + name, None)
        return _Closing(name)
