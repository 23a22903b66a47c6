"""Ask a clock, and believe only an answer that is a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_END: Final = 1e15
"""A time thirty million years away: no clock shows it."""


def now_of(clock: Callable[[], float]) -> float:
    """Return the seconds since the epoch.

    Raises:
        ValueError: The clock gave something else, with which every comparison would go one way.
    """
    now: object = clock()
    if type(now) is float and 0 <= now < _END:  # what nearly every clock gives
        return now
    # NaN is on no side of a comparison, so this leaves it out as well.
    if isinstance(now, (int, float)) and 0 <= now < _END and now is not True and now is not False:
        return now
    raise ValueError("The clock must give the seconds since the epoch as a finite number.")
