"""What was counted in a storm."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts that only grow.

    Attributes:
        successors: by the number of distinct successors, how many tokens had so many.
    """

    refreshes: int = 0
    refused: int = 0
    retries: int = 0
    thrown_away: Counter[str] = field(default_factory=Counter)
    log_outs: Counter[str] = field(default_factory=Counter)
    dead_tokens: int = 0
    killed_by: Counter[str] = field(default_factory=Counter)
    working_tabs: int = 0
    successors: Counter[int] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """Sentences for people."""
        return [
            f"refreshes answered: {self.refreshes:,}; refused after a log-out: {self.refused:,}",
            f"answers thrown away: {_by_name(self.thrown_away)}; retries: {self.retries:,}",
            f"distinct successors of a token: {_by_name(self.successors)} (0 where a log-out came first)",
            f"tabs that ended with a working session: {self.working_tabs:,}",
            f"log-outs: {_by_name(self.log_outs)}; tokens of theirs tried afterwards, all dead: {self.dead_tokens:,}",
            f"families killed by a thief: {_by_name(self.killed_by)}",
        ]


def _by_name(counter: Counter[str] | Counter[int]) -> str:
    each = ", ".join(f"{name}: {times:,}" for name, times in sorted(counter.items(), key=str))
    return f"{counter.total():,} ({each})"
