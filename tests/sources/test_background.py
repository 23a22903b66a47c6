"""Keys are renewed beside the requests: while known keys serve, nobody waits."""

import logging
import threading
import time

import pytest

from gatepass import Key, KeysUnavailableError
from gatepass.fetch_limits import TIMEOUT, FetchError
from gatepass.flight import LOST_AFTER, PATIENCE
from gatepass.key_sources.jwks_address import JwksAddressKeys
from gatepass.key_sources.remote import FIRST_INTERVAL, MAX_AGE, MIN_INTERVAL, RemoteKeys
from tests.sources.landing import landed
from tests.sources.place import ADDRESS, Place
from tests.support.clock import FakeClock


@pytest.fixture
def source(place: Place, clock: FakeClock) -> RemoteKeys:
    return JwksAddressKeys(ADDRESS, fetch=place, monotonic=clock)


def ask(source: RemoteKeys, key: Key, kid: str | None = None) -> list[Key]:
    """What a verifier does."""
    name = kid or key.kid
    if source.due(name, key.default_algorithm):
        source.refresh(name, key.default_algorithm)
    return list(source.find(name, key.default_algorithm))


def test_old_keys_serve_at_once_while_one_thread_fetches(
    source: RemoteKeys, place: Place, key: Key, clock: FakeClock
) -> None:
    ask(source, key)
    place.open.clear()
    clock.advance(MAX_AGE)
    for _ in range(100):
        assert not source.due(key.kid, "ES256")
        assert source.find(key.kid, "ES256") == (key.public(),)
    place.open.set()
    landed()
    assert place.asked == 2


def test_the_thread_that_fetches_is_a_daemon_and_ends(
    source: RemoteKeys, place: Place, key: Key, clock: FakeClock
) -> None:
    ask(source, key)
    place.open.clear()
    clock.advance(MAX_AGE)
    source.due(key.kid, "ES256")
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "gatepass-keys"]
    assert thread.daemon
    place.open.set()
    thread.join(5)
    assert not thread.is_alive()


def test_in_an_outage_the_place_is_asked_once_in_each_interval(
    source: RemoteKeys, place: Place, key: Key, clock: FakeClock
) -> None:
    ask(source, key)
    place.go_down()
    clock.advance(MAX_AGE)
    for _ in range(100):
        assert ask(source, key) == [key.public()]
        landed()
        clock.advance(MIN_INTERVAL / 10)
    assert place.asked == 1 + 10


def test_a_child_does_not_ask_sooner_than_its_parent_would(
    source: RemoteKeys, place: Place, key: Key, clock: FakeClock
) -> None:
    ask(source, key)
    place.go_down()
    clock.advance(MAX_AGE)
    ask(source, key)
    landed()
    source.after_fork()
    clock.advance(MIN_INTERVAL - 1)
    ask(source, key)
    landed()
    assert place.asked == 2


def test_after_an_idle_time_the_first_token_waits_for_new_keys(
    source: RemoteKeys, place: Place, key: Key, other_key: Key, clock: FakeClock
) -> None:
    place.keys = [key, other_key]
    ask(source, key)
    place.keys = [other_key]
    clock.advance(2 * MAX_AGE)
    assert source.due(key.kid, "ES256")
    assert ask(source, key) == [], "a key that was withdrawn long ago is not believed once more"


def test_after_an_idle_time_nobody_waits_long_for_a_place_that_hangs(
    source: RemoteKeys, place: Place, key: Key, clock: FakeClock
) -> None:
    ask(source, key)
    place.open.clear()
    clock.advance(2 * MAX_AGE)
    began = time.monotonic()
    assert ask(source, key) == [key.public()]
    assert time.monotonic() - began < 2 * PATIENCE
    clock.advance(PATIENCE)
    began = time.monotonic()
    assert ask(source, key) == [key.public()]
    assert time.monotonic() - began < PATIENCE / 2, "only the first one waits"


def test_a_key_that_stays_is_the_very_same_object(
    source: RemoteKeys, place: Place, key: Key, other_key: Key, clock: FakeClock
) -> None:
    (before,) = ask(source, key)
    place.keys = [other_key, key]
    clock.advance(MAX_AGE)
    ask(source, key)
    landed()
    assert place.asked == 2
    assert ask(source, other_key) == [other_key.public()]
    assert ask(source, key)[0] is before


@pytest.mark.parametrize("error", [RuntimeError("x\n" * 500), KeyError(), MemoryError("no memory")])
def test_whatever_a_fetch_raises_the_known_keys_serve(
    source: RemoteKeys,
    place: Place,
    key: Key,
    clock: FakeClock,
    error: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ask(source, key)
    place.error = error
    clock.advance(MAX_AGE)
    for _ in range(2):
        assert ask(source, key) == [key.public()]
        landed()
    (record,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert record.getMessage().isprintable()
    assert len(record.getMessage()) < 800


def test_the_log_tells_of_an_outage_when_it_begins_when_it_changes_and_when_it_ends(
    source: RemoteKeys, place: Place, key: Key, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gatepass")
    ask(source, key)
    clock.advance(MAX_AGE)
    for error in (FetchError("gone"), FetchError("gone"), FetchError("late"), FetchError("late"), None, None):
        place.error = error
        ask(source, key)
        landed()
        clock.advance(MAX_AGE)
    assert [record.getMessage().partition("json ")[2] for record in caplog.records] == [
        "could not be fetched: gone",
        "could not be fetched: late",
        "can be fetched again",
    ]


def test_whatever_the_first_fetch_raises_keys_are_unavailable(
    source: RemoteKeys, place: Place, key: Key, clock: FakeClock
) -> None:
    place.error = ZeroDivisionError("division by zero")
    with pytest.raises(KeysUnavailableError) as caught:
        ask(source, key)
    assert caught.value.reason == "division by zero"
    place.error = None
    clock.advance(FIRST_INTERVAL)
    assert ask(source, key) == [key.public()]


def test_where_no_thread_can_be_started_the_known_keys_serve(
    source: RemoteKeys, place: Place, key: Key, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(KeysUnavailableError) as caught:
        ask(source, key)
    assert "can't start new thread" in caught.value.reason
    monkeypatch.undo()
    clock.advance(FIRST_INTERVAL)
    ask(source, key)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    clock.advance(MAX_AGE)
    assert ask(source, key) == [key.public()]
    monkeypatch.undo()
    clock.advance(MIN_INTERVAL)
    ask(source, key)
    landed()
    assert place.asked == 2


def test_an_answer_that_comes_after_it_was_given_up_does_not_replace_a_newer_one(
    source: RemoteKeys, key: Key, other_key: Key, clock: FakeClock
) -> None:
    ask(source, key)
    late = Place(key)
    late.open.clear()
    source._fetch = late
    clock.advance(MAX_AGE)
    ask(source, key)
    assert late.came.acquire(timeout=5)
    source._fetch = Place(key, other_key)
    clock.advance(LOST_AFTER)
    assert ask(source, other_key) == [other_key.public()]
    late.open.set()
    landed()
    assert ask(source, other_key) == [other_key.public()]


def test_on_the_way_of_a_known_key_nothing_but_the_clock_is_asked(
    place: Place, key: Key, clock: FakeClock
) -> None:
    """What a request pays for: two looks at the clock, no lock, nothing that grows."""
    looks = 0

    def counting() -> float:
        nonlocal looks
        looks += 1
        return clock()

    source = JwksAddressKeys(ADDRESS, fetch=place, monotonic=counting)
    ask(source, key)
    looks = 0
    source._lock.acquire()
    source._flight._lock.acquire()
    assert ask(source, key) == [key.public()]
    assert looks <= 2


@pytest.mark.parametrize(
    "options",
    [
        {"max_age": 0},
        {"max_age": -1},
        {"max_age": float("nan")},
        {"max_age": float("inf")},
        {"max_age": "300"},
        {"max_age": True},
        {"max_stale": 0},
        {"min_interval": 0},
        {"timeout": 0},
        {"max_age": 100, "max_stale": 99},
        {"ca_file": "x", "fetch": lambda _: {}},
        {"ca_file": "/no/such/file"},
    ],
)
def test_options_that_make_no_sense_are_refused_at_once(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        JwksAddressKeys(ADDRESS, **options)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize(
    "url", ["http://auth.example.com/jwks", "file:///etc/passwd", "", "https://u:p@a.example/"]
)
def test_an_address_that_must_not_be_asked_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        JwksAddressKeys(url)


def test_a_stranger_with_unknown_names_makes_nobody_wait_longer_than_a_fetch(
    source: RemoteKeys, place: Place, key: Key, clock: FakeClock
) -> None:
    ask(source, key)
    for number in range(1000):
        assert ask(source, key, f"made up {number}") == []
    assert place.asked == 1, "it was asked a short time ago"
    clock.advance(MIN_INTERVAL)
    for number in range(1000):
        assert ask(source, key, f"made up {number}") == []
    assert place.asked == 2
    assert TIMEOUT < MIN_INTERVAL
