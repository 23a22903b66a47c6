"""Whether an event loop may wait for a server of databases."""

import pytest

from gatepass_server.store.ports.patience import WithoutWaiting, WouldWait
from gatepass_server.store.sql.watch import Watch

FEW = 32
"""Round trips that are judged together."""


class Server:
    """Answers after as many seconds as it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.is_silent = False
        self.patience: list[float] = []
        for clock in ("perf_counter", "monotonic"):
            monkeypatch.setattr(f"gatepass_server.store.sql.watch.time.{clock}", lambda: self.now)

    def ask(self, watch: Watch, *seconds: float) -> None:
        for one in seconds:
            watch.wait(self, one)  # type: ignore[arg-type]  # stands in for a connection and its answers

    def wait(self, answers: float, interval: float) -> None:
        self.now += answers
        self.patience.append(interval)
        if self.is_silent:
            raise TimeoutError


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """One that is as far away as a test says."""
    return Server(monkeypatch)


def may_wait(watch: Watch) -> bool:
    try:
        with WithoutWaiting():
            watch.demand()
    except WouldWait:
        return False
    return True


@pytest.mark.parametrize(
    ("most", "one", "expected"),
    [
        (0.0003, 0.0003, True),
        (0.0012, 0.0012, False),
        (0.004, 0.0003, True),
        (0.006, 0.0003, False),
        (0.0003, 0.09, True),
    ],
    ids=["near", "far", "a busy machine", "slow", "one that was late"],
)
def test_what_is_far_away_or_slow_is_left_to_threads(
    server: Server, most: float, one: float, expected: bool
) -> None:
    watch = Watch()
    server.ask(watch, one, *[most] * (FEW - 2))
    assert may_wait(watch), "it takes a few to tell"
    server.ask(watch, most)
    assert may_wait(watch) is expected


def test_where_much_is_waited_for_a_few_are_enough_to_tell(server: Server) -> None:
    watch = Watch()
    server.ask(watch, 0.09, 0.09)
    assert may_wait(watch)
    server.ask(watch, 0.09)
    assert not may_wait(watch)


def test_who_does_not_answer_is_tried_less_and_less_until_it_does(server: Server) -> None:
    watch = Watch()
    pauses = []
    for _ in range(7):
        server.is_silent = True
        with pytest.raises(TimeoutError):
            server.ask(watch, 0.1)
        begun = server.now
        while not may_wait(watch):
            server.now += 0.1
        pauses.append(round(server.now - begun, 1))
    assert pauses == pytest.approx([0.5, 1, 2, 4, 8, 10, 10], abs=0.11)
    server.is_silent = False
    server.ask(watch, 0.0003)
    server.is_silent = True
    with pytest.raises(TimeoutError):
        server.ask(watch, 0.1)
    server.now += 0.6
    assert may_wait(watch)


def test_it_is_tried_again_and_then_judged_by_what_comes_then(server: Server) -> None:
    watch = Watch()
    server.ask(watch, *[0.002] * FEW)
    server.now += 9.9
    assert not may_wait(watch)
    server.now += 0.2
    assert may_wait(watch)
    server.ask(watch, *[0.0003] * FEW)
    assert may_wait(watch)


def test_a_short_pause_ends_no_long_one(server: Server) -> None:
    watch = Watch()
    watch.lose(10)
    watch.lose(0.2)
    server.now += 1
    assert not may_wait(watch)


def test_who_has_kept_something_waits_longer_and_is_not_sent_away(server: Server) -> None:
    watch = Watch()
    with WithoutWaiting():
        server.ask(watch, 0)
    watch.lose(10)
    watch.demand()
    server.ask(watch, 0)
    assert server.patience == [0.1, 1.0]
