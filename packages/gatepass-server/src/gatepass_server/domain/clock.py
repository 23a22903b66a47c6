"""Time comes from outside, so that tests never wait for it."""

from collections.abc import Callable

Clock = Callable[[], float]
"""Returns the seconds since the epoch (UTC)."""


def whole_seconds(clock: Clock) -> int:
    """The current time as the store keeps it: whole seconds since the epoch."""
    return int(clock())
