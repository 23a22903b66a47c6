"""How figures are printed: the median of several rounds, their spread, and the aim."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Aim:
    """Bounds of a figure; a missing one is none."""

    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.low is None:
            return f"below {self.high:g}"
        return f"{self.low:g} or more" if self.high is None else f"{self.low:g} to {self.high:g}"

    def is_met(self, value: float) -> bool:
        low_enough = self.high is None or value < self.high or (self.low is not None and value == self.high)
        return low_enough and (self.low is None or value >= self.low)


def show(
    what: str, values: Sequence[float], unit: str = "", *, aim: Aim | None = None, digits: int = 2
) -> None:
    """Print the median of ``values``, the range of their middle half, and whether the aim is met."""
    middle = median(values)
    text = f"  {what:<58} {middle:>9.{digits}f} {unit:<4}"
    if len(values) > 1:
        low, high = quartiles(values)
        text += f" (middle half {low:.{digits}f} to {high:.{digits}f}, n={len(values)})"
    if aim is not None:
        text += f"  aim {aim}: {'met' if aim.is_met(middle) else 'NOT MET'}"
    print(text, flush=True)


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    quarter = len(ordered) // 4
    return ordered[quarter], ordered[-1 - quarter]


def note(text: str) -> None:
    print(f"  {text}", flush=True)
