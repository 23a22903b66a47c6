"""Suggested parameters, on machines of every speed."""

from collections.abc import Callable

from gatepass_server.crypto.argon2_hash import Argon2Parameters
from gatepass_server.crypto.calibrate import FLOOR, Suggestion, measure_argon2id, suggest


def machine(seconds_per_gib: float, drag: float = 1.0) -> Callable[[Argon2Parameters], float]:
    """A machine whose cost grows with the work, to the power of ``drag``."""

    def measure(parameters: Argon2Parameters) -> float:
        work = parameters.memory_kib * parameters.time_cost / (FLOOR.memory_kib * FLOOR.time_cost)
        return seconds_per_gib * FLOOR.memory_kib * FLOOR.time_cost / 2**20 * float(work**drag)

    return measure


def test_a_slow_machine_gets_the_floor_and_is_told_what_it_costs() -> None:
    cost = machine(10)
    milliseconds = 1000 * cost(FLOOR)
    assert milliseconds > 250
    assert suggest(0.25, measure=cost) == Suggestion(FLOOR, milliseconds, milliseconds)


def test_memory_is_raised_first() -> None:
    suggestion = suggest(0.1, measure=machine(1))
    assert suggestion.parameters == Argon2Parameters(51 * 1024, 2, 1)
    assert 95 < suggestion.milliseconds <= 100


def test_passes_are_raised_when_memory_is_at_its_maximum() -> None:
    suggestion = suggest(1.0, max_memory_kib=64 * 1024, measure=machine(1))
    assert suggestion.parameters == Argon2Parameters(64 * 1024, 16, 1)


def test_a_machine_whose_caches_are_outgrown_still_stays_below_the_target() -> None:
    suggestion = suggest(0.25, measure=machine(1, drag=1.3))
    assert 150 < suggestion.milliseconds <= 250


def test_a_machine_faster_than_any_gets_parameters_that_a_hasher_takes() -> None:
    suggest(3600, max_memory_kib=2**40, measure=machine(0.001)).parameters.check()


def test_a_small_limit_on_memory_never_goes_below_the_floor() -> None:
    assert suggest(0.01, max_memory_kib=8, measure=machine(0.1)).parameters == Argon2Parameters(19456, 5, 1)


def test_the_real_measure_takes_time() -> None:
    assert measure_argon2id(Argon2Parameters(64, 1, 1)) > 0
