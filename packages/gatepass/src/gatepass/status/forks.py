"""Let feeds go on in a process that was forked."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class _Forked(Protocol):
    def begin_anew(self) -> None:
        """Go on without the threads and locks of the parent process."""


_known: weakref.WeakSet[_Forked] = weakref.WeakSet()


def tell_after_fork(one: _Forked) -> None:
    """Call ``begin_anew`` in every process that is forked from now on, as long as the object lives."""
    _known.add(one)


def _in_child() -> None:
    for one in list(_known):
        one.begin_anew()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_in_child)
