"""Run what blocks beside an event loop."""

from __future__ import annotations

import asyncio
import contextvars
import functools
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

THREADS = 4
"""Threads of a verifier: one that fetches keys, and a few that wait for it."""


class Offload:
    """A few threads of its own, so that a slow issuer never fills those that the whole program shares."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None

    async def run(self, work: Callable[[*Ts], T], *arguments: *Ts) -> T:
        """Run a function in one of the threads."""
        if self._threads is None:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only who fetches keys has threads

            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="gatepass")
        call = functools.partial(contextvars.copy_context().run, work, *arguments)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)
