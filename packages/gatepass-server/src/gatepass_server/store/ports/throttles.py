"""Counters that all processes share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often something was counted in the current window, and when the window ends."""

    count: int
    resets_at: int


class Throttles(Protocol):
    """Counters that all processes share."""

    def hit(self, key: str, *, window: int, now: int) -> Attempts:
        """Count one more, atomically, in a window of ``window`` seconds that starts with its first count.

        For each window that it starts, a transaction deletes a few counters whose window has ended, at its very end:
        the table does not outgrow what is being counted.
        """
        ...

    def peek(self, key: str, other: str, *, now: int) -> Mapping[str, Attempts]:
        """The counters of both keys, by key, as far as their windows run. Counts nothing."""
        ...

    def clear(self, key: str) -> None:
        """Forget the counter."""
        ...

    def prune(self, now: int, *, limit: int) -> None:
        """Delete up to ``limit`` counters whose window has ended."""
        ...
