"""What password hashing costs on this machine, and what it could afford."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from gatepass_server.crypto.argon2_hash import MAX_MEMORY_KIB, MAX_WORK_KIB, Argon2Parameters, argon2id

FLOOR = Argon2Parameters(memory_kib=19456, time_cost=2, parallelism=1)
"""The least that is suggested (OWASP Password Storage Cheat Sheet): 19 MiB, two passes, one lane."""

Measure = Callable[[Argon2Parameters], float]
"""Returns the seconds that one hash with these parameters takes."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Parameters for this machine, and what one hash takes with them and with the floor, in milliseconds."""

    parameters: Argon2Parameters
    milliseconds: float
    floor_milliseconds: float


def measure_argon2id(parameters: Argon2Parameters) -> float:
    """The seconds that one hash takes: the best of three, since other work only ever adds to it."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        argon2id(b"calibration", parameters)
        times.append(time.perf_counter() - start)
    return min(times)


def suggest(
    target_seconds: float = 0.25,
    *,
    max_memory_kib: int = 128 * 1024,
    measure: Measure = measure_argon2id,
) -> Suggestion:
    """Find the strongest parameters that keep one hash below ``target_seconds``; never below the floor.

    Memory is raised first, since it is what an attacker's hardware lacks; passes only when memory has
    reached ``max_memory_kib`` (per hash; a process runs as many at once as it has cores).
    """
    floor_seconds = measure(FLOOR)
    best, seconds = FLOOR, floor_seconds
    # The cost grows a little faster than the memory, as caches are outgrown: approach the target from above.
    scale = target_seconds / floor_seconds
    for _ in range(6):
        candidate = _scaled(scale, max_memory_kib)
        if candidate == FLOOR:
            break
        candidate_seconds = measure(candidate)
        if candidate_seconds <= target_seconds:
            best, seconds = candidate, candidate_seconds
            break
        scale *= 0.95 * target_seconds / candidate_seconds
    return Suggestion(best, 1000 * seconds, 1000 * floor_seconds)


def _scaled(scale: float, max_memory_kib: int) -> Argon2Parameters:
    """The floor's work times ``scale``, as memory in whole MiB up to the maximum, and then as passes."""
    most = max(FLOOR.memory_kib, min(max_memory_kib, MAX_MEMORY_KIB))
    if scale <= 1:
        return FLOOR
    memory = math.floor(scale * FLOOR.memory_kib / 1024) * 1024
    if memory < most:
        return Argon2Parameters(max(memory, FLOOR.memory_kib), FLOOR.time_cost, FLOOR.parallelism)
    passes = math.floor(scale * FLOOR.memory_kib * FLOOR.time_cost / most)
    bounded = min(max(passes, FLOOR.time_cost), MAX_WORK_KIB // most)
    return Argon2Parameters(most, bounded, FLOOR.parallelism)
