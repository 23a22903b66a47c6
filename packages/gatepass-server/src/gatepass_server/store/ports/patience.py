"""Whether the code at hand may wait: for somebody else's transaction, and for the disk.

An event loop answers many, and while it waits for one of them it answers nobody. What it does in the database on its
own thread goes on at once, or is left to a thread, from its beginning; and what it has kept it does not wait for: the
answer is held back until it is on the disk.
"""

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Final, Protocol

from gatepass_server.domain.errors import Busy

_RETRY_SECONDS: Final = 1


class Owed(Protocol):
    """What an answer waits for: that what it tells of was kept for good."""

    def wait(self) -> None:
        """Return once it was."""
        ...


class Arriving(ABC):
    """The same, where a server of databases tells by a socket that it was.

    Until then nobody knows. So whoever does anything else in the database waits for it first (``land``).
    """

    __slots__ = ()

    @abstractmethod
    def wait(self) -> None:
        """See ``Owed``. What is late is not waited for for long.

        Raises:
            Busy, OperatorError: it was not kept, or nobody knows whether it was.
            WouldWait: it was not, and the request can be begun anew.
        """

    @abstractmethod
    def fileno(self) -> int:
        """The socket that is readable when something has come."""

    @abstractmethod
    def is_here(self) -> bool:
        """Take in what has come. Whether ``wait`` has nothing to wait for any more."""

    @abstractmethod
    def give_up(self) -> None:
        """It is late. ``wait`` says so."""


class WouldWait(BaseException):
    """A transaction could not go on at once, and nothing that this request did was kept.

    It passes every ``except Exception``, as a cancellation does: nobody between the store and the event loop may
    take it for a failure.
    """


class _Failed:
    """Something that was not kept, or nobody knows. Whatever is done about it, no answer may tell of it."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def wait(self) -> None:
        raise self._error


class _Hurry(threading.local):
    is_on = False
    is_in_event_loop = False
    is_repeatable = False
    owed: Owed | None = None


_hurry = _Hurry()


class WithoutWaiting:
    """A block of this thread in which no transaction that writes waits for another one, or for the disk.

    It goes without waiting for others until something was kept: a request that has committed cannot be begun anew. For
    the disk it never waits.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        _hurry.is_on = _hurry.is_in_event_loop = True
        _hurry.owed = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _hurry.is_on = _hurry.is_in_event_loop = False


class Repeatable:
    """A block in which what is kept does no harm if it is kept again: the request can be begun anew all the same.

    It is nothing that must outlive a power cut, for who begins anew does not wait for it. When the block is left, it
    was kept.
    """

    __slots__ = ("_was_repeatable",)

    def __enter__(self) -> None:
        land()
        self._was_repeatable = _hurry.is_repeatable
        _hurry.is_repeatable = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            _land()
        finally:
            _hurry.is_repeatable = self._was_repeatable


def is_in_event_loop() -> bool:
    """Whether this thread is in a block ``WithoutWaiting``."""
    return _hurry.is_in_event_loop


def must_not_wait() -> bool:
    """Whether ``WouldWait`` is to be raised instead of waiting."""
    return _hurry.is_on


def is_repeatable() -> bool:
    """Whether this thread is in a block ``Repeatable``."""
    return _hurry.is_repeatable


def take_up(lock: threading.Lock) -> None:
    """Acquire a lock whose holder may be waiting for the database.

    Raises:
        WouldWait: somebody has it, and this thread must not wait.
        Busy: the same, in an event loop, for a request that has kept something.
    """
    if lock.acquire(blocking=not _hurry.is_in_event_loop):
        return
    if must_not_wait():
        raise WouldWait
    raise Busy(
        "The server is busy. Please try again shortly.",
        retry_after=_RETRY_SECONDS,
        reason="somebody else has a lock, and the event loop waits for none",
    )


def note_kept(owed: Owed | None) -> None:
    """Something was kept, or will have been when it has arrived. Outside such a block it is waited for here.

    Args:
        owed: what the answer must wait for; None where there is nothing.
    """
    if not _hurry.is_repeatable:
        _hurry.is_on = False
    if owed is None:
        return
    if _hurry.is_in_event_loop and _hurry.owed in (None, owed):
        _hurry.owed = owed
    else:
        owed.wait()


def land() -> None:
    """Wait for what is still arriving, before anything else is done in the database.

    If it was not kept, no answer can be given for this request any more, whoever catches that; but for what is kept in
    a block ``Repeatable``.

    Raises:
        Busy, OperatorError: it was not kept, or nobody knows whether it was.
        WouldWait: it was not, and nothing else was.
    """
    try:
        _land()
    except Exception as error:
        if not _hurry.is_repeatable:
            _hurry.owed = _Failed(error)
        raise


def _land() -> None:
    owed = _hurry.owed
    if isinstance(owed, Arriving):
        _hurry.owed = None
        owed.wait()
    elif isinstance(owed, _Failed):
        owed.wait()


def owes() -> bool:
    """Whether the answer of this thread's block must wait for something."""
    return _hurry.owed is not None


def take_owed() -> Owed | None:
    """What the answer of the block that this thread has left must wait for, once."""
    owed = _hurry.owed
    if owed is not None:
        _hurry.owed = None
    return owed
