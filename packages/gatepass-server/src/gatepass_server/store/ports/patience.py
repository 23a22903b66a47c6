"""Whether the code at hand may wait: for somebody else's transaction, and for the disk.

An event loop answers many, and while it waits for one of them it answers nobody. What it does in the database on its
own thread goes on at once, or is left to a thread, from its beginning; and what it has kept it does not wait for: the
answer is held back until it is on the disk.
"""

import threading
from collections.abc import Callable
from types import TracebackType

Wait = Callable[[], None]
"""Returns once what was kept is on the disk."""


class WouldWait(BaseException):
    """A transaction could not begin at once, and nothing that this request did was kept.

    It passes every ``except Exception``, as a cancellation does: nobody between the store and the event loop may
    take it for a failure.
    """


class _Hurry(threading.local):
    is_on = False
    holds_back = False
    owed: Wait | None = None


_hurry = _Hurry()


class WithoutWaiting:
    """A block of this thread in which no transaction that writes waits for another one, or for the disk.

    It goes without waiting for others until something was kept: a request that has committed cannot be begun anew. For
    the disk it never waits.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        _hurry.is_on = _hurry.holds_back = True
        _hurry.owed = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _hurry.is_on = _hurry.holds_back = False


class Repeatable:
    """A block in which what is kept does no harm if it is kept again: the request can be begun anew all the same.

    It is nothing that must outlive a power cut, for who begins anew does not wait for it.
    """

    __slots__ = ("_was_on",)

    def __enter__(self) -> None:
        self._was_on = _hurry.is_on

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _hurry.is_on = self._was_on


def must_not_wait() -> bool:
    """Whether ``WouldWait`` is to be raised instead of waiting."""
    return _hurry.is_on


def take_up(lock: threading.Lock) -> None:
    """Acquire a lock whose holder may be waiting for the database.

    Raises:
        WouldWait: somebody has it, and this thread must not wait.
    """
    if not lock.acquire(blocking=not must_not_wait()):
        raise WouldWait


def note_kept(wait: Wait | None) -> None:
    """Something was kept. Outside such a block its disk is waited for here.

    Args:
        wait: for the disk; None where it need not be waited for.
    """
    _hurry.is_on = False
    if wait is None:
        return
    if _hurry.holds_back and _hurry.owed in (None, wait):
        _hurry.owed = wait
    else:
        wait()


def take_owed() -> Wait | None:
    """What the answer of the block that this thread has left must wait for, once."""
    owed = _hurry.owed
    if owed is not None:
        _hurry.owed = None
    return owed
