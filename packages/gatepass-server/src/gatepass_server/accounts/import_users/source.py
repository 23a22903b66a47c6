"""What every reader gives: rows with four fields, of whatever type the file had."""

from collections.abc import Generator
from dataclasses import dataclass, field

from gatepass_server.domain.errors import FieldFault

FIELDS = ("public_id", "name", "email", "password")
REQUIRED_FIELDS = ("name", "email", "password")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as it was read.

    Attributes:
        place: where it stands, for people.
        position: how far into the source it ends, in the unit of ``Source.total``.
        fields: the values of ``FIELDS`` that the row has.
        fault: why the row could not be understood at all, if so.
    """

    place: str
    position: int
    fields: dict[str, object] = field(default_factory=dict, repr=False)
    fault: FieldFault | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of a file, read as they are asked for, and how long it is. Close ``rows`` when done."""

    total: int
    rows: Generator[SourceRow, None, None]
