"""What a process that forks leaves to its child: locks that somebody held, and threads that are not there."""

from __future__ import annotations

import os
from typing import Final, Protocol
from weakref import WeakSet


class Forked(Protocol):
    """Something with locks or threads of its own."""

    def after_fork(self) -> None:
        """Go on in a child as if nobody had been at work; nothing else runs there yet."""
        ...


_living: Final[WeakSet[Forked]] = WeakSet()


def mend_after_forks(thing: Forked) -> None:
    """Have ``after_fork`` called in every child of this process, for as long as the thing lives."""
    _living.add(thing)


def _mend() -> None:
    for thing in list(_living):
        thing.after_fork()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_mend)
