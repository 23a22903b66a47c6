"""Asking the store several things at once."""

from collections.abc import Callable
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """What came of a statement that was asked, to be read when it is needed.

    Statements are done in the order in which they were asked. Who asks two before they read one waits for the database
    once; who refuses on account of the first raises, which takes back what the second did.
    """

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read

    def told(self) -> T:
        """The answer."""
        return self._read()

    def __bool__(self) -> NoReturn:
        raise TypeError("This is no answer yet: read it by told().")
