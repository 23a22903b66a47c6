"""A clock that tests set by hand."""


class FakeClock:
    """Returns the same second until it is moved."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Move on (or, with a negative number, back)."""
        self.now += seconds
