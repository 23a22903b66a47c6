"""Ask a clock, and believe only an answer that is a time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def now_of(clock: Callable[[], float]) -> float:
    """Return the seconds since the epoch.

    Raises:
        ValueError: The clock gave something else, with which every comparison would go one way.
    """
    now: object = clock()
    try:
        if isinstance(now, (int, float)) and not isinstance(now, bool) and now >= 0 and math.isfinite(now):
            return now
    except OverflowError:
        pass
    raise ValueError("The clock must give the seconds since the epoch as a finite number.")
