"""The gate before password hashing, proven with threads that wait for one another and never for time."""

import itertools
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from gatepass_server.crypto.hash_gate import HashGate
from gatepass_server.domain.errors import Busy

FOREVER = 60.0
_numbers = itertools.count()


def anybody() -> str:
    """A caller who has not come before."""
    return f"caller {next(_numbers)}"


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as threads:
        yield threads


def until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(30_000):
        if condition():
            return
        pause.wait(0.001)
    raise AssertionError("this never came to be")


def test_never_more_than_the_slots_run_at_once_and_all_of_them_do(pool: ThreadPoolExecutor) -> None:
    gate = HashGate(slots=3, queue=61, patience_seconds=FOREVER)
    together = threading.Barrier(3, timeout=FOREVER)  # breaks unless three run at the same time
    lock = threading.Lock()
    running = most = 0

    def work() -> None:
        nonlocal running, most
        with gate.admitted(anybody()) as admission, admission.slot():
            with lock:
                running += 1
                most = max(most, running)
            together.wait()
            with lock:
                running -= 1

    for future in [pool.submit(work) for _ in range(63)]:
        future.result()
    assert most == 3
    assert gate.waiting == 0


def test_past_the_queue_a_request_is_refused_at_once() -> None:
    gate = HashGate(slots=1, queue=2, patience_seconds=FOREVER)
    with gate.admitted(anybody()), gate.admitted(anybody()), gate.admitted(anybody()):
        with pytest.raises(Busy) as caught, gate.admitted(anybody()):
            pass
        assert caught.value.retry_after == 60
        assert "full" in caught.value.reason
    with gate.admitted(anybody()) as admission, admission.slot():
        pass


@pytest.mark.parametrize(("queue", "of_one"), [(0, 2), (1, 3), (4, 5), (5, 6), (16, 14)])
def test_one_caller_gets_three_quarters_of_the_queue_and_leaves_the_rest_to_others(
    queue: int, of_one: int
) -> None:
    gate = HashGate(slots=2, queue=queue, patience_seconds=0)
    for _ in range(2):  # what was given back can be had again
        with ExitStack() as places:
            for _ in range(of_one):
                places.enter_context(gate.admitted("ann"))
            with pytest.raises(Busy) as caught:
                places.enter_context(gate.admitted("ann"))
            assert ("full" in caught.value.reason) == (of_one == 2 + queue)
            for _ in range(2 + queue - of_one):
                places.enter_context(gate.admitted(anybody()))
            with pytest.raises(Busy, match="try again"):
                places.enter_context(gate.admitted("bob"))


def test_callers_who_have_left_are_forgotten() -> None:
    gate = HashGate(slots=2, queue=2, patience_seconds=0)
    for _ in range(100):
        with gate.admitted(anybody()):
            pass
    assert not gate._admitted


def test_without_a_queue_only_the_slots_are_admitted() -> None:
    gate = HashGate(slots=1, queue=0, patience_seconds=0)
    with (
        gate.admitted(anybody()) as admission,
        admission.slot(),
        pytest.raises(Busy) as caught,
        gate.admitted(anybody()),
    ):
        pass
    assert caught.value.retry_after == 1


def test_past_the_patience_a_waiting_request_is_refused_and_its_place_is_free_again() -> None:
    gate = HashGate(slots=1, queue=1, patience_seconds=0)
    with gate.admitted(anybody()) as first, first.slot():
        for _ in range(3):
            with pytest.raises(Busy, match="try again"), gate.admitted(anybody()) as second, second.slot():
                pass
        assert gate.waiting == 0
    with gate.admitted(anybody()) as first, first.slot():
        pass


def test_turns_come_in_the_order_of_arrival(pool: ThreadPoolExecutor) -> None:
    gate = HashGate(slots=1, queue=9, patience_seconds=FOREVER)
    turns: list[int] = []

    def work(number: int) -> None:
        with gate.admitted(anybody()) as admission, admission.slot():
            turns.append(number)

    futures: list[Future[None]] = []
    with gate.admitted(anybody()) as first, first.slot():
        for number in range(9):
            futures.append(pool.submit(work, number))
            until(lambda: gate.waiting == len(futures))
    for future in futures:
        future.result()
    assert turns == list(range(9))


def test_a_slot_is_given_back_when_its_work_fails() -> None:
    gate = HashGate(slots=1, queue=0, patience_seconds=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), gate.admitted(anybody()) as admission, admission.slot():
            raise ZeroDivisionError


def test_one_admission_may_take_a_second_turn_after_the_first() -> None:
    gate = HashGate(slots=1, queue=0, patience_seconds=0)
    with gate.admitted(anybody()) as admission:
        with admission.slot():
            pass
        with admission.slot():
            pass


def test_two_turns_at_once_for_one_admission_are_a_mistake_in_the_program() -> None:
    gate = HashGate(slots=2, queue=0, patience_seconds=0)
    with (
        gate.admitted(anybody()) as admission,
        admission.slot(),
        pytest.raises(RuntimeError, match="holds"),
        admission.slot(),
    ):
        pass


def test_two_workers_with_one_shared_slot_do_not_hash_at_once() -> None:
    shared = multiprocessing.get_context("spawn").BoundedSemaphore(1)
    one, other = (HashGate(slots=1, queue=0, patience_seconds=0, shared=shared) for _ in range(2))
    for _ in range(2):  # a refusal loses neither the worker's own slot nor the shared one
        with (
            one.admitted(anybody()) as first,
            first.slot(),
            other.admitted(anybody()) as second,
            pytest.raises(Busy, match="try again"),
            second.slot(),
        ):
            pass
    with other.admitted(anybody()) as second, second.slot():
        pass


class Patience:
    """A shared semaphore that notes how long it was waited for."""

    def __init__(self) -> None:
        self.timeouts: list[float | None] = []

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        self.timeouts.append(timeout if block else 0)
        return True

    def release(self) -> None:
        pass


def test_waiting_here_and_waiting_for_other_workers_share_one_patience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared, now = Patience(), [100.0]
    gate = HashGate(slots=1, queue=1, patience_seconds=2, shared=shared)
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    with gate.admitted(anybody()) as other:
        holding = other.slot()
        holding.__enter__()

        def wait(_event: threading.Event, timeout: float) -> bool:
            assert timeout == 2
            holding.__exit__(None, None, None)
            now[0] += 1.5
            return True

        monkeypatch.setattr(threading.Event, "wait", wait)
        with gate.admitted(anybody()) as admission, admission.slot():
            pass
    assert shared.timeouts == [2, 0.5]


class Interrupted(BaseException):
    """Stands for KeyboardInterrupt or SystemExit, raised into a waiting thread."""


@pytest.mark.parametrize("turn_had_come", [False, True])
def test_an_interrupted_wait_leaves_no_trace(monkeypatch: pytest.MonkeyPatch, turn_had_come: bool) -> None:
    gate = HashGate(slots=1, queue=2, patience_seconds=FOREVER)

    with gate.admitted(anybody()) as other:
        holding = other.slot()
        holding.__enter__()

        def interrupt(_event: threading.Event, _timeout: float) -> bool:
            if turn_had_come:
                holding.__exit__(None, None, None)
            raise Interrupted

        with monkeypatch.context() as patch:
            patch.setattr(threading.Event, "wait", interrupt)
            with pytest.raises(Interrupted), gate.admitted(anybody()) as admission, admission.slot():
                pass
        if not turn_had_come:
            holding.__exit__(None, None, None)
    assert gate.waiting == 0
    with gate.admitted(anybody()) as admission, admission.slot():
        pass


@pytest.mark.parametrize(
    ("slots", "queue", "patience"), [(0, 1, 1.0), (1, -1, 1.0), (1, 1, -1.0), (1, 1, float("nan"))]
)
def test_a_gate_that_could_not_work_is_not_built(slots: int, queue: int, patience: float) -> None:
    with pytest.raises(ValueError, match="needs a slot"):
        HashGate(slots, queue, patience)
