"""A clock that tests set by hand."""


class FakeClock:
    """Returns the same second until it is moved.

    Attributes:
        tick: seconds by which it moves on whenever it is read.
    """

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now
        self.tick = 0.0

    def __call__(self) -> float:
        self.now += self.tick
        return self.now

    def advance(self, seconds: float) -> None:
        """Move on (or, with a negative number, back)."""
        self.now += seconds
