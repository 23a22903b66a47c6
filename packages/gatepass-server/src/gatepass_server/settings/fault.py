"""One thing that is wrong with the settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence, and the settings it speaks of; it begins with none of their names."""

    settings: tuple[str, ...]
    sentence: str
