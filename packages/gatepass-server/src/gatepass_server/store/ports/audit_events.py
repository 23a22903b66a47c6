"""The audit log's rows."""

from collections.abc import Sequence
from typing import Protocol

from gatepass_server.domain.audit import AuditEvent, AuditRow, ChainLink, ChainStart


class Chain(Protocol):
    """Makes the rows of the log, and judges them."""

    def row(self, after: ChainLink, event: AuditEvent) -> AuditRow:
        """The row for the event that follows ``after``."""
        ...

    def start(self, last_deleted: ChainLink) -> ChainStart:
        """The proof that rows up to this one were deleted by this house."""
        ...

    def follows(self, after: ChainLink, row: AuditRow) -> bool:
        """Whether the row is what was written after ``after``."""
        ...

    def is_genuine(self, start: ChainStart) -> bool:
        """Whether this house deleted the rows before the start."""
        ...


class AuditEvents(Protocol):
    """The audit log's rows, which are only ever added at the end and, when they are old, deleted at the start."""

    def append(self, event: AuditEvent, chain: Chain, *, keep_from: int | None) -> None:
        """Write the event when the transaction ends, as the last thing that may wait for others.

        So writers of the log wait for one another only while a row is written and committed. A transaction that
        passes a position that can be divided by 16 deletes up to 32 of the oldest rows: the log does not outgrow
        what is to be kept. Rows that were tampered with stay, and all after them.

        Args:
            event: what this transaction does.
            chain: makes the row.
            keep_from: rows of before may be deleted; none with None.
        """
        ...

    def head(self) -> ChainLink:
        """The newest row's place; that before the first where there is none."""
        ...

    def start(self) -> ChainStart | None:
        """Where the chain starts, if rows were deleted."""
        ...

    def page(
        self, *, after: int, limit: int, user_id: str | None = None, kind: str | None = None
    ) -> Sequence[AuditRow]:
        """Up to ``limit`` rows past the position ``after``, oldest first, of one user or kind if they are named."""
        ...

    def newest(
        self, *, limit: int, user_id: str | None = None, kind: str | None = None
    ) -> Sequence[AuditRow]:
        """The last ``limit`` rows, oldest first, of one user or kind if they are named."""
        ...
