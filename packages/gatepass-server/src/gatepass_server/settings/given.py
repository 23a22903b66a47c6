"""What somebody set, and where."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Given:
    """A value that somebody set, and how its place is called in sentences."""

    source: str
    value: Any = field(repr=False)
