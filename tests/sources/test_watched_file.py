"""Keys in a file that is replaced while the program runs."""

import json
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gatepass import Key, KeyFormatError, Verifier
from gatepass.key_sources.watched_file import INTERVAL, FileKeys
from tests.support.clock import FakeClock
from tests.verify import forge

Forms = Callable[[Key], bytes]


def jwk_set(*keys: Key) -> bytes:
    return json.dumps({"keys": [key.public_jwk() for key in keys]}).encode()


def pem(key: Key) -> bytes:
    return key.public_pem().encode()


def jwk(key: Key) -> bytes:
    return json.dumps(key.public_jwk()).encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def replace(path: Path, data: bytes) -> None:
    """Put a new file in place of the old one, as one does."""
    new = path.with_name("new")
    new.write_bytes(data)
    new.replace(path)


def ask(source: FileKeys, key: Key) -> list[Key]:
    if source.due(key.kid, key.default_algorithm):
        source.refresh(key.kid, key.default_algorithm)
    return list(source.find(key.kid, key.default_algorithm))


@pytest.mark.parametrize("form", [jwk_set, pem, jwk])
def test_a_file_that_is_replaced_is_read_again(
    path: Path, clock: FakeClock, key: Key, other_key: Key, form: Forms
) -> None:
    path.write_bytes(form(key))
    source = FileKeys(path, monotonic=clock)
    assert ask(source, key) == [key.public()]
    replace(path, form(other_key))
    clock.advance(INTERVAL)
    assert ask(source, other_key) == [other_key.public()]
    assert key.public() not in ask(source, key)


def test_a_private_key_serves_by_its_public_half(path: Path, clock: FakeClock, key: Key) -> None:
    path.write_bytes(key.to_private_der())
    (found,) = FileKeys(path, monotonic=clock).find("anything", "ES256")
    assert not found.is_private


def test_a_single_key_serves_whatever_a_token_names_and_a_set_by_its_names(
    path: Path, clock: FakeClock, key: Key
) -> None:
    path.write_bytes(pem(key))
    assert FileKeys(path, monotonic=clock).find("another name", "ES256") == (key.public(),)
    path.write_bytes(jwk_set(key))
    assert FileKeys(path, monotonic=clock).find("another name", "ES256") == ()


def test_it_is_looked_at_once_in_each_interval(
    path: Path, clock: FakeClock, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(jwk_set(key))
    source = FileKeys(path, monotonic=clock, interval=5)
    clock.advance(5)
    ask(source, key)
    looks: list[Any] = []
    real = os.stat

    def counted(*given: Any, **more: Any) -> os.stat_result:
        looks.append(given)
        return real(*given, **more)

    monkeypatch.setattr(os, "stat", counted)
    for _ in range(100):
        ask(source, key)
        clock.advance(0.5)
    monkeypatch.undo()
    assert 9 <= len(looks) <= 10


def test_a_key_that_stays_is_the_very_same_object(
    path: Path, clock: FakeClock, key: Key, other_key: Key
) -> None:
    path.write_bytes(jwk_set(key))
    source = FileKeys(path, monotonic=clock)
    (before,) = ask(source, key)
    replace(path, jwk_set(other_key, key))
    clock.advance(INTERVAL)
    assert ask(source, other_key) == [other_key.public()]
    assert ask(source, key)[0] is before


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b'{"keys": []}',
        b'{"keys": 1}',
        b"-----BEGIN PUBLIC KEY-----\nMFkw",
        b"x" * 400_000,
        b"\x00",
    ],
)
def test_a_broken_file_leaves_the_known_keys_and_the_log_tells_once(
    path: Path, clock: FakeClock, key: Key, other_key: Key, broken: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(jwk_set(key))
    source = FileKeys(path, monotonic=clock)
    replace(path, broken)
    for _ in range(5):
        clock.advance(INTERVAL)
        assert ask(source, key) == [key.public()]
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    replace(path, jwk_set(other_key))
    clock.advance(INTERVAL)
    assert ask(source, other_key) == [other_key.public()]


def test_a_file_that_is_written_in_two_halves_is_taken_when_it_is_whole(
    path: Path, clock: FakeClock, key: Key, other_key: Key
) -> None:
    path.write_bytes(jwk_set(key))
    source = FileKeys(path, monotonic=clock)
    data = jwk_set(key, other_key)
    with path.open("wb") as file:
        file.write(data[:100])
        file.flush()
        clock.advance(INTERVAL)
        assert ask(source, key) == [key.public()]
        file.write(data[100:])
    clock.advance(INTERVAL)
    assert ask(source, other_key) == [other_key.public()]


def test_a_file_that_is_gone_for_a_while_leaves_the_known_keys(
    path: Path, clock: FakeClock, key: Key, other_key: Key
) -> None:
    path.write_bytes(jwk_set(key))
    source = FileKeys(path, monotonic=clock)
    path.unlink()
    for _ in range(3):
        clock.advance(INTERVAL)
        assert ask(source, key) == [key.public()]
    path.write_bytes(jwk_set(other_key))
    clock.advance(INTERVAL)
    assert ask(source, other_key) == [other_key.public()]


def test_two_changes_that_leave_the_same_time_and_size_are_both_seen(
    path: Path, clock: FakeClock, key: Key, other_key: Key
) -> None:
    """A file system's clock ticks slowly: the second change may bear the mark of the first."""
    path.write_bytes(jwk_set(key))
    source = FileKeys(path, monotonic=clock)
    clock.advance(INTERVAL)
    ask(source, key)  # read twice, so it counts
    time = 1_790_000_000_000_000_000
    path.write_bytes(jwk_set(key, key))
    os.utime(path, ns=(time, time))
    clock.advance(INTERVAL)
    ask(source, key)
    path.write_bytes(jwk_set(other_key, other_key))
    os.utime(path, ns=(time, time))
    clock.advance(INTERVAL)
    assert ask(source, other_key) == [other_key.public()] * 2


def test_links_are_followed_and_seen_to_point_elsewhere(
    path: Path, clock: FakeClock, key: Key, other_key: Key
) -> None:
    """As Kubernetes replaces the files of a secret."""
    for name, data in (("one", jwk_set(key)), ("two", jwk_set(other_key))):
        path.with_name(name).mkdir()
        (path.with_name(name) / "jwks").write_bytes(data)
    path.symlink_to("one")
    source = FileKeys(path / "jwks", monotonic=clock)
    path.unlink()
    path.symlink_to("two")
    clock.advance(INTERVAL)
    assert ask(source, other_key) == [other_key.public()]


def test_a_program_does_not_start_with_a_file_that_is_not_there_or_holds_no_key(
    path: Path, tmp_path: Path
) -> None:
    with pytest.raises(KeyFormatError, match="No such file"):
        FileKeys(path)
    with pytest.raises(KeyFormatError, match=r"regular file|directory"):
        FileKeys(tmp_path)
    os.mkfifo(path)
    with pytest.raises(KeyFormatError, match="not a regular file"):
        FileKeys(path)
    path.unlink()
    path.write_bytes(b'{"keys": [{"kty": "oct", "k": "AAAA"}]}')
    with pytest.raises(KeyFormatError):
        FileKeys(path)
    with pytest.raises(ValueError, match="interval"):
        FileKeys(path, interval=0)


def test_one_thread_reads_and_the_others_go_on(
    path: Path, clock: FakeClock, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(jwk_set(key))
    source = FileKeys(path, monotonic=clock)
    gate, reading = threading.Event(), threading.Event()

    def slow(_: bytes) -> Any:
        reading.set()
        assert gate.wait(10)
        raise KeyFormatError("x")

    monkeypatch.setattr(source, "_parse", slow)
    replace(path, jwk_set(key, key))
    clock.advance(INTERVAL)
    thread = threading.Thread(target=lambda: ask(source, key))
    thread.start()
    assert reading.wait(5)
    clock.advance(INTERVAL)
    assert ask(source, key) == [key.public()]
    gate.set()
    thread.join(5)


def test_a_verifier_follows_the_file(path: Path, clock: FakeClock, key: Key, other_key: Key) -> None:
    path.write_bytes(jwk_set(key))
    source = FileKeys(path, monotonic=clock)
    verifier = Verifier(forge.ISSUER, audience=forge.AUDIENCE, keys=source, clock=clock)
    token = forge.token(key, forge.good_claims(clock.now))
    verifier.verify(token)
    replace(path, jwk_set(other_key))
    clock.advance(INTERVAL)
    assert verifier.explain(token).code == "unknown_key"
    verifier.verify(forge.token(other_key, forge.good_claims(clock.now)))
