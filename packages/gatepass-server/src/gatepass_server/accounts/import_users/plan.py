"""What an import would do, row by row, before anything is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from gatepass_server.domain.accounts import User
from gatepass_server.domain.errors import FieldFault
from gatepass_server.domain.secret import Secret

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much. Units differ (bytes of a file, rows), the ratio counts."""


class Outcome(Enum):
    """What becomes of a row."""

    NEW = "new"
    EXISTS = "exists"
    """An account with this e-mail is there already; it is left as it is."""
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row and its judgement.

    Attributes:
        place: where the row stands, for people: ``line 7``, ``user id 7``.
        email: as the row has it, cut for display; empty if it has none.
        outcome: what becomes of it.
        faults: why it is invalid; empty otherwise.
        notes: what people should know of a row that is taken, or of the account that it has already, in sentences.
        user: the account to be made, if new. Without a hash if ``password`` has to be hashed first.
        password: a password in the clear that has to be hashed, if new.
    """

    place: str
    email: str
    outcome: Outcome
    faults: tuple[FieldFault, ...] = ()
    notes: tuple[str, ...] = ()
    user: User | None = field(default=None, repr=False)
    password: Secret | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ImportPlan:
    """All rows of a file, in its order."""

    rows: Sequence[PlannedRow] = field(repr=False)

    @cached_property
    def new(self) -> Sequence[PlannedRow]:
        """The rows that become accounts."""
        return [row for row in self.rows if row.outcome is Outcome.NEW]

    @cached_property
    def existing(self) -> Sequence[PlannedRow]:
        """The rows whose e-mail has an account already."""
        return [row for row in self.rows if row.outcome is Outcome.EXISTS]

    @cached_property
    def invalid(self) -> Sequence[PlannedRow]:
        """The rows that cannot be imported."""
        return [row for row in self.rows if row.outcome is Outcome.INVALID]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many accounts were made, and how many rows were left out and why."""

    added: int
    existing: int
    invalid: int
