"""Whether the audit log is what was written: nothing changed, dropped, added or put into another order."""

from collections.abc import Callable
from dataclasses import dataclass

from gatepass_server.audit.chain import Chain
from gatepass_server.domain.audit import GENESIS, AuditRow, ChainLink, ChainStart
from gatepass_server.store.ports import Store

PAGE = 1000
"""Rows that are read in one transaction."""

_LOWEST = -(2**63)


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first position at which the log is not what was written, and what is wrong there, in a sentence."""

    position: int
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole log found.

    Attributes:
        checked: how many rows are good.
        first: the position of the first row that is kept, if there is one.
        head: the last good row's place; position 0 where there is none.
        fault: why the log is not whole.
    """

    checked: int
    first: int | None
    head: ChainLink
    fault: ChainFault | None


def verify_chain(
    store: Store, chain: Chain, *, expect: ChainLink | None, progress: Callable[[int, int], None]
) -> Verdict:
    """Read the log from its start, page by page, while others may go on writing.

    Args:
        store: where it lies.
        chain: judges rows.
        expect: a head that was noted before, and must still be part of the chain.
        progress: told the position that was reached, and the last.
    """
    return _Walk(store, chain, expect).to_the_end(progress)


class _Walk:
    """One way through the log."""

    def __init__(self, store: Store, chain: Chain, expect: ChainLink | None) -> None:
        self._store = store
        self._chain = chain
        self._expect = expect
        self._met = expect is None or expect == GENESIS
        self._link = GENESIS
        self._first: int | None = None
        self._checked = 0

    def to_the_end(self, progress: Callable[[int, int], None]) -> Verdict:
        while True:
            with self._store.read() as uow:
                start, head = uow.audit_events.start(), uow.audit_events.head()
                rows = uow.audit_events.page(after=self._after(), limit=PAGE)
            fault = self._begin(start)
            for row in rows:
                fault = fault or self._step(row)
                if fault:
                    return self._verdict(fault)
            progress(self._link.position, head.position)
            if fault or len(rows) < PAGE:
                return self._verdict(fault or self._missed())

    def _after(self) -> int:
        """Where the next page begins; the first one with the lowest number there is, for none may hide before 1."""
        return self._link.position if self._checked else _LOWEST

    def _begin(self, start: ChainStart | None) -> ChainFault | None:
        """Go to the start of the log, also where it moved past us meanwhile."""
        if start is None or start.last_deleted.position <= self._link.position:
            return None
        position = start.last_deleted.position + 1
        if not self._chain.is_genuine(start):
            return ChainFault(position, f"The log cannot start at {position}: that is not of this server.")
        self._link = start.last_deleted
        return self._compare_expected()

    def _step(self, row: AuditRow) -> ChainFault | None:
        due = self._link.position + 1
        if row.position != due:
            if row.position < due:
                return ChainFault(row.position, f"Row {row.position} stands before the start of the log.")
            missing = f"Row {due} is" if row.position == due + 1 else f"Rows {due} to {row.position - 1} are"
            return ChainFault(due, f"{missing} missing.")
        if not self._chain.follows(self._link, row):
            sentence = f"Row {due} is not what was written after the row before it, or not by this server."
            return ChainFault(due, sentence)
        self._link = ChainLink(row.position, row.mac)
        self._checked += 1
        self._first = row.position if self._first is None else self._first
        return self._compare_expected()

    def _compare_expected(self) -> ChainFault | None:
        expect = self._expect
        if expect is None or self._met or expect.position > self._link.position:
            return None
        if expect == self._link:
            self._met = True
            return None
        if expect.position < self._link.position:
            sentence = "The expected row is older than the log, which was shortened. Expect a newer one."
        else:
            sentence = f"Row {expect.position} is another one than expected."
        return ChainFault(expect.position, sentence)

    def _missed(self) -> ChainFault | None:
        if not self._checked and self._link != GENESIS:  # the newest row is never deleted
            due = self._link.position + 1
            return ChainFault(due, f"Row {due} and all after it are missing.")
        if self._met or self._expect is None:
            return None
        return ChainFault(
            self._link.position + 1,
            f"The log ends at {self._link.position}, before the row {self._expect.position} that is expected.",
        )

    def _verdict(self, fault: ChainFault | None) -> Verdict:
        return Verdict(self._checked, self._first, self._link, fault)
