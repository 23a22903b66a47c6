"""How the C allocator keeps the memory of password hashes (glibc; elsewhere nothing is done).

A hash takes 19 MiB for 20 ms. Asking the kernel for fresh pages each time makes a hash half as dear again, so the
memory is kept for the next one. Left alone, glibc keeps it once for each of its arenas, of which it gives
nearly every thread its own: hundreds of MiB for each worker. Here it is kept once, and given back at rest.
"""

import ctypes
import threading
import time

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h
_LARGEST_THRESHOLD = 32 * 1024 * 1024
"""glibc takes no larger one: what a hash needs beyond it comes fresh from the kernel."""

_KEPT = 1024 * 1024 * 1024
_LOOK_SECONDS = 5.0
_REST = 0.01
"""The share of a core below which a process is at rest."""


def keep_memory_once() -> None:
    """Let all threads share one arena. Called before there are threads."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim"):
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGEST_THRESHOLD)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT)


def return_memory_at_rest() -> None:
    """Watch this process from a thread, and give unused memory back whenever it comes to rest."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        threading.Thread(target=_watch, args=(libc,), name="memory-at-rest", daemon=True).start()


def _watch(libc: ctypes.CDLL) -> None:
    worked = True
    spent = time.process_time()
    while True:
        time.sleep(_LOOK_SECONDS)
        before, spent = spent, time.process_time()
        if spent - before > _REST * _LOOK_SECONDS:
            worked = True
        elif worked:
            libc.malloc_trim(0)
            worked = False
