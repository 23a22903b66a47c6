"""Many threads at once: one fetch, few who wait, and never for long."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from gatepass import Key, TokenError
from gatepass.sources import NamedKeys
from gatepass.status import StatusFeed, StatusPolicy, StatusReference, held
from gatepass.status.answer import ListAnswer
from gatepass.status.crew import Crew
from gatepass.status.keeper import Keeper
from tests.status.lists import ALGORITHMS, ISSUER, URI, Site, put_to_rest
from tests.support.clock import FakeClock


class Gate:
    """A site that answers only while its gate is open."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Semaphore(0)

    def __call__(self, uri: str, etag: str | None) -> ListAnswer | None:
        self.entered.release()
        assert self.open.wait(20)
        return self.site(uri, etag)


class Real:
    """A feed with real threads, and a clock for them that only the test moves."""

    def __init__(self, key: Key, clock: FakeClock) -> None:
        self.gate = Gate(Site(key, clock))
        self.ticks = FakeClock(1000.0)
        self.feed = StatusFeed(
            StatusPolicy(),
            issuer=ISSUER,
            keys=NamedKeys([key]),
            algorithms=ALGORITHMS,
            clock=clock,
            monotonic=self.ticks,
            fetch=self.gate,
        )

    def ask(self, uri: str = URI) -> str:
        """What a verifier does for every token; what it says."""
        reference = StatusReference(uri, 0)
        try:
            if self.feed.due(reference):
                self.feed.refresh(reference)
            self.feed.check(reference)
        except TokenError as error:
            return error.code
        return "good"

    def storm(self, count: int, told: list[str]) -> list[threading.Thread]:
        """Ask in many threads."""
        threads = [
            threading.Thread(target=lambda: told.append(self.ask()), daemon=True) for _ in range(count)
        ]
        for thread in threads:
            thread.start()
        return threads


@pytest.fixture
def real(key: Key, clock: FakeClock) -> Iterator[Real]:
    real = Real(key, clock)
    yield real
    real.gate.open.set()
    put_to_rest(real.feed)


def join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def waiting(real: Real) -> int:
    """How many wait for the fetch under way."""
    attempt = real.feed._stock._lists[URI].attempt
    return 0 if attempt is None else attempt.waiting


def until(true: Callable[[], bool]) -> None:
    """Wait for other threads."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_a_storm_of_tokens_fetches_their_list_once(real: Real) -> None:
    real.gate.open.clear()
    told: list[str] = []
    threads = real.storm(60, told)
    assert real.gate.entered.acquire(timeout=10)
    until(lambda: waiting(real) >= 50)
    real.gate.open.set()
    join(threads)
    assert told == ["good"] * 60
    assert len(real.gate.site.asked) == 1


def test_a_storm_after_a_pause_fetches_once_more(real: Real) -> None:
    assert real.ask() == "good"
    real.ticks.advance(100)
    told: list[str] = []
    join(real.storm(60, told))
    assert told == ["good"] * 60
    assert len(real.gate.site.asked) == 2


def test_after_a_pause_a_revoked_token_is_not_let_in_however_many_wait_and_however_slow_the_issuer_is(
    real: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "_PATIENCE", 0.1)
    assert real.ask() == "good"
    assert real.gate.entered.acquire(timeout=10)
    real.gate.open.clear()
    real.gate.site.statuses = {0: 1}
    real.ticks.advance(100)
    told: list[str] = []
    threads = real.storm(60, told)
    assert real.gate.entered.acquire(timeout=10)
    until(lambda: len(told) >= 60 - held.MAX_WAITING)
    assert set(told) == {"status_unavailable"}, "too many wait, and nothing failed"
    real.ticks.advance(1.2)
    threads += real.storm(1, told)
    real.gate.open.set()
    join(threads)
    assert set(told) == {"status_unavailable", "revoked"}
    assert len(real.gate.site.asked) == 2


def test_nobody_waits_for_a_fetch_that_takes_longer_than_it_may(real: Real) -> None:
    assert real.ask() == "good"
    assert real.gate.entered.acquire(timeout=10)
    real.gate.open.clear()
    real.ticks.advance(100)
    told: list[str] = []
    threads = real.storm(1, told)
    assert real.gate.entered.acquire(timeout=10)
    real.ticks.advance(5.5)
    began = time.monotonic()
    for _ in range(1000):
        assert real.ask() == "good"
    assert time.monotonic() - began < 0.5
    real.gate.open.set()
    join(threads)


def test_without_a_list_a_few_wait_for_as_long_as_a_fetch_may_take_and_the_others_shortly(
    real: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "_PATIENCE", 0.1)
    real.gate.open.clear()
    told: list[str] = []
    threads = real.storm(60, told)
    assert real.gate.entered.acquire(timeout=10)
    until(lambda: len(told) >= 60 - held.MAX_WAITING)
    assert set(told) == {"status_unavailable"}
    real.gate.open.set()
    join(threads)
    assert told.count("good") <= held.MAX_WAITING
    assert real.ask() == "good"
    assert len(real.gate.site.asked) == 1


def test_only_a_few_lists_are_fetched_at_once(real: Real) -> None:
    real.gate.open.clear()
    told: list[str] = []
    threads = [
        threading.Thread(
            target=lambda number=number: told.append(real.ask(f"{ISSUER}/{number}")), daemon=True
        )
        for number in range(30)
    ]
    for thread in threads:
        thread.start()
    for _ in range(8):
        assert real.gate.entered.acquire(timeout=10)
    assert not real.gate.entered.acquire(timeout=0.1)
    real.gate.open.set()
    join(threads)
    assert told == ["good"] * 30


def test_a_fetch_that_is_lost_does_not_block_the_next(real: Real) -> None:
    assert real.ask() == "good"
    assert real.gate.entered.acquire(timeout=10)
    real.gate.open.clear()
    real.ticks.advance(100)
    told: list[str] = []
    threads = real.storm(1, told)
    assert real.gate.entered.acquire(timeout=10)
    real.ticks.advance(61)
    threads += real.storm(1, told)
    assert real.gate.entered.acquire(timeout=10), (
        "the next one is fetched although the first has not come back"
    )
    real.gate.open.set()
    join(threads)


def test_a_child_that_was_forked_has_locks_and_a_crew_of_its_own(real: Real) -> None:
    stuck = real.gate.open = threading.Event()
    threads = [
        threading.Thread(target=real.ask, args=(f"{ISSUER}/{number}",), daemon=True) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for _ in range(8):
        assert real.gate.entered.acquire(timeout=10)
    real.gate.open = threading.Event()
    real.gate.open.set()
    stock = real.feed._stock
    for lock in (stock._lock, stock._crew._lock, stock._keeper._changed):
        assert lock.acquire(timeout=10), "as if a thread had held it at the fork"
    stock.after_fork()  # as in the child, where the eight threads are not
    assert real.ask() == "good"
    stuck.set()
    join(threads)


def test_the_threads_of_a_feed_end_with_their_work(real: Real) -> None:
    before = set(threading.enumerate())
    assert real.ask() == "good"
    assert set(threading.enumerate()) - before
    real.ticks.advance(1000)
    real.feed._stock._keeper.call()
    until(lambda: not set(threading.enumerate()) - before)


def test_a_program_that_can_start_no_more_threads_keeps_its_list(
    real: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert real.ask() == "good"
    real.ticks.advance(1000)
    real.feed._stock._keeper.call()
    until(lambda: not real.feed._stock._keeper.running)

    def refuse(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert real.ask() == "status_unavailable", "it is too old"
    monkeypatch.undo()
    real.ticks.advance(100)
    assert real.ask() == "good"


def test_a_crew_does_everything_it_is_given_and_nothing_twice() -> None:
    crew = Crew(4)
    done: list[int] = []
    for number in range(500):
        crew.take_on(lambda number=number: done.append(number))  # type: ignore[misc] # - a lambda with a default
    until(lambda: len(done) == 500)
    assert sorted(done) == list(range(500))
    until(lambda: crew._busy == 0)


def test_a_keeper_looks_when_it_is_called_and_ends_when_there_is_nothing_left() -> None:
    pauses: list[float | None] = [60.0, 60.0, None]
    looked = threading.Semaphore(0)

    def tend() -> float | None:
        looked.release()
        return pauses.pop(0) if pauses else None

    keeper = Keeper(tend)
    for _ in range(3):
        assert keeper.call()
        assert looked.acquire(timeout=10)
    until(lambda: not keeper.running)
    assert keeper.call(), "and it can be called again"
    assert looked.acquire(timeout=10)


def test_a_keeper_that_is_called_while_it_looks_looks_again() -> None:
    looks = 0

    def tend() -> float | None:
        nonlocal looks
        looks += 1
        if looks in {1, 3}:
            assert keeper.call(), "as another thread would, just before the end"
        return None if looks != 3 else 60.0

    keeper = Keeper(tend)
    for seen in (2, 4):
        assert keeper.call()
        until(lambda seen=seen: looks == seen)  # type: ignore[misc] # - a lambda with a default
        until(lambda: not keeper.running)


def test_a_keeper_that_leaves_does_not_hide_the_one_that_was_started_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leaving, go = threading.Event(), threading.Event()
    pauses: list[float | None] = [None, 60.0]
    keeper = Keeper(lambda: pauses.pop(0) if pauses else None)
    look = keeper._look

    def look_and_linger() -> bool:
        more = look()
        if not more and not leaving.is_set():
            leaving.set()
            assert go.wait(10)
        return more

    monkeypatch.setattr(keeper, "_look", look_and_linger)
    before = set(threading.enumerate())
    assert keeper.call()
    (first,) = set(threading.enumerate()) - before
    assert leaving.wait(10)
    assert keeper.call()
    until(lambda: not pauses)
    go.set()
    first.join(10)
    assert keeper.running
    assert keeper.call()
    until(lambda: not keeper.running)
