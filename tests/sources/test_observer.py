"""Metrics: what an observer is told, and that whatever it does no token feels it."""

import json
import logging
from collections import Counter
from pathlib import Path

import pytest

from gatepass import Key
from gatepass.key_sources.jwks_address import JwksAddressKeys
from gatepass.key_sources.remote import MAX_AGE, MIN_INTERVAL, RemoteKeys
from gatepass.key_sources.watched_file import INTERVAL, FileKeys
from gatepass.observer import guarded
from tests.sources.landing import landed
from tests.sources.place import ADDRESS, Place
from tests.support.clock import FakeClock


class Broken:
    """Raises at every event."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def count(self, event: str, seconds: float | None = None) -> None:  # noqa: ARG002 - the protocol's
        raise self.error


def test_what_an_observer_raises_is_logged_once_and_felt_by_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "gatepass")
    observer = guarded(Broken(KeyError("no such label")))
    for _ in range(3):
        observer.count("keys.hit")
    assert len(caplog.records) == 1


def test_stopping_the_program_is_no_fault_of_an_observer() -> None:
    with pytest.raises(KeyboardInterrupt):
        guarded(Broken(KeyboardInterrupt())).count("keys.hit")


class Counts:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.seconds: dict[str, float | None] = {}

    def count(self, event: str, seconds: float | None = None) -> None:
        self.events[event] += 1
        self.seconds[event] = seconds


def ask(source: RemoteKeys | FileKeys, kid: str) -> None:
    if source.due(kid, "ES256"):
        source.refresh(kid, "ES256")
        landed()
    source.find(kid, "ES256")


def test_a_source_that_fetches_tells_of_hits_misses_fetches_failures_and_unknown_names(
    place: Place, clock: FakeClock, key: Key
) -> None:
    counts = Counts()
    clock.tick = 0.25
    source = JwksAddressKeys(ADDRESS, fetch=place, monotonic=clock, observer=counts)
    for _ in range(3):
        ask(source, key.kid)
    assert counts.events == {"keys.missed": 1, "keys.fetched": 1, "keys.hit": 3}
    assert counts.seconds == {"keys.missed": None, "keys.fetched": 0.5, "keys.hit": None}
    place.go_down()
    clock.advance(MIN_INTERVAL)
    counts.events.clear()
    for _ in range(5):
        ask(source, "made up")
    assert counts.events == {"keys.missed": 5, "keys.failed": 1, "keys.unknown": 5}
    assert counts.seconds["keys.failed"] == 0.5


def test_a_file_tells_of_them_too(tmp_path: Path, clock: FakeClock, key: Key) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [key.public_jwk()]}))
    counts = Counts()
    source = FileKeys(path, monotonic=clock, observer=counts)
    ask(source, key.kid)
    ask(source, "made up")
    path.write_text(json.dumps({"keys": [key.public_jwk(), key.public_jwk()]}))
    clock.advance(INTERVAL)
    ask(source, key.kid)
    path.write_text("{")
    clock.advance(INTERVAL)
    ask(source, key.kid)
    assert counts.events == {"keys.hit": 3, "keys.unknown": 1, "keys.fetched": 1, "keys.failed": 1}


def test_an_observer_that_raises_keeps_no_key_away(place: Place, clock: FakeClock, key: Key) -> None:
    observer = Broken(KeyError("no such label"))
    source = JwksAddressKeys(ADDRESS, fetch=place, monotonic=clock, observer=observer)
    ask(source, key.kid)
    clock.advance(MAX_AGE)
    ask(source, key.kid)
    landed()
    assert place.asked == 2
    assert source.find(key.kid, "ES256") == (key.public(),)
