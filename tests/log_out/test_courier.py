"""The thread that carries notices."""

import threading
from collections.abc import Callable

import pytest

from gatepass_server.protocol.log_out.courier import Courier


def test_it_works_until_nothing_is_left_and_looks_again_after_a_pause() -> None:
    left, done = [3], threading.Semaphore(0)

    def work() -> int:
        done.release()
        left[0] = max(0, left[0] - 1)
        return left[0]

    courier = Courier(work, pause=0.01)
    courier.start()
    courier.start()
    for _ in range(10):
        assert done.acquire(timeout=30)
    courier.stop()


def failing(times: int, event: threading.Event) -> Callable[[], int]:
    left = [times]

    def work() -> int:
        if left[0]:
            left[0] -= 1
            raise OSError("the database is away")
        event.set()
        return 0

    return work


def test_trouble_is_told_once_and_outlived(caplog: pytest.LogCaptureFixture) -> None:
    event = threading.Event()
    courier = Courier(failing(5, event), pause=0.01)
    courier.start()
    assert event.wait(30)
    courier.stop()
    assert caplog.text.count("courier_troubled") == 1


def test_it_can_begin_again_after_it_was_stopped_and_in_a_child() -> None:
    event = threading.Event()
    courier = Courier(failing(0, event), pause=0.01)
    for mend in (courier.stop, courier.after_fork):
        courier.start()
        assert event.wait(30)
        courier.stop()
        event.clear()
        mend()
    courier.start()
    assert event.wait(30)
    courier.stop()
