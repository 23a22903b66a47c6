"""Keys kept on disk: a program that starts during an outage has some, and nobody slips it others."""

import json
import logging
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from gatepass import Key, KeysUnavailableError
from gatepass.discovery import IssuerKeys
from gatepass.key_sources.jwks_address import JwksAddressKeys
from gatepass.key_sources.remote import MAX_AGE, MAX_STALE, RemoteKeys
from tests.sources.landing import landed
from tests.sources.place import ADDRESS, Place
from tests.support.clock import FakeClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def new_source(place: Place, clock: FakeClock, path: Path, address: str = ADDRESS) -> RemoteKeys:
    """A program that starts: its monotonic clock says something else than before."""
    return JwksAddressKeys(
        address, fetch=place, monotonic=lambda: clock() - 1_000_000, clock=clock, snapshot=path
    )


def ask(source: RemoteKeys, key: Key) -> list[Key]:
    if source.due(key.kid, key.default_algorithm):
        source.refresh(key.kid, key.default_algorithm)
        landed()
    return list(source.find(key.kid, key.default_algorithm))


@pytest.fixture
def written(place: Place, clock: FakeClock, path: Path, key: Key) -> Path:
    ask(new_source(place, clock, path), key)
    place.go_down()
    return path


def test_a_program_that_starts_during_an_outage_has_keys(
    written: Path, place: Place, clock: FakeClock, key: Key
) -> None:
    clock.advance(MAX_STALE - 1)
    assert ask(new_source(place, clock, written), key) == [key.public()]


def test_what_it_keeps_ages_as_in_one_program(
    written: Path, place: Place, clock: FakeClock, key: Key
) -> None:
    clock.advance(MAX_STALE - 1)
    source = new_source(place, clock, written)
    ask(source, key)
    clock.advance(1)
    with pytest.raises(KeysUnavailableError):
        ask(source, key)


def test_where_the_place_answers_the_snapshot_is_not_believed(
    written: Path, place: Place, clock: FakeClock, other_key: Key
) -> None:
    place.error, place.keys = None, [other_key]
    source = new_source(place, clock, written)
    assert ask(source, other_key) == [other_key.public()]
    assert place.asked == 2


def test_keys_and_what_they_may_be_used_for_come_back_as_they_were(
    place: Place, clock: FakeClock, path: Path, key: Key, rsa_key: Key
) -> None:
    def fetch(_: str) -> dict[str, Any]:
        free = rsa_key.public_jwk()
        del free["alg"], free["kid"]
        return {"keys": [key.public_jwk(), free, rsa_key.named("one").public_jwk("PS384")]}

    source = JwksAddressKeys(ADDRESS, fetch=fetch, snapshot=path, clock=clock, monotonic=clock)
    ask(source, key)
    place.go_down()
    restored = new_source(place, clock, path)
    for alg in ("ES256", "RS256", "PS256", "PS384", "RS512"):
        assert set(restored.find(None, alg)) == set(source.find(None, alg))
    assert [found.algorithms for found in restored.find("one", "PS384")] == [("PS384",)]


def test_only_its_owner_may_read_and_write_it_and_no_private_half_is_in_it(written: Path) -> None:
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    content = json.loads(written.read_bytes())
    assert all("d" not in jwk for jwk in content["keys"])
    assert [other.name for other in written.parent.iterdir()] == [written.name], "nothing else is left"


def test_it_is_written_anew_at_every_fetch_that_brings_keys(
    place: Place, clock: FakeClock, path: Path, key: Key
) -> None:
    source = new_source(place, clock, path)
    ask(source, key)
    before = json.loads(path.read_bytes())["saved"]
    clock.advance(MAX_AGE)
    source.due(key.kid, "ES256")
    landed()
    assert json.loads(path.read_bytes())["saved"] == before + MAX_AGE


def test_a_set_that_is_doubted_is_not_kept(
    place: Place, clock: FakeClock, path: Path, key: Key, other_key: Key
) -> None:
    source = new_source(place, clock, path)
    ask(source, key)
    before = path.read_bytes()
    place.keys = [other_key]
    clock.advance(MAX_AGE)
    source.due(key.kid, "ES256")
    landed()
    assert path.read_bytes() == before


def change(path: Path, **members: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_bytes()) | members))


def make_link(path: Path) -> None:
    path.rename(path.with_name("real"))
    path.symlink_to("real")


def make_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda path: path.write_bytes(b""), "not valid JSON"),
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), "not valid JSON"),
        (lambda path: path.write_bytes(os.urandom(500)), "not valid JSON"),
        (lambda path: path.write_bytes(b"[" * 100_000), "nested|not valid JSON"),
        (lambda path: path.write_bytes(b" " * 400_000), "larger than"),
        (lambda path: path.write_bytes(b"{}"), "not a snapshot"),
        (lambda path: change(path, name="https://evil.example/jwks.json"), "holds the keys of"),
        (lambda path: change(path, name=["\x1b" * 9_000]), "holds the keys of"),
        (lambda path: change(path, keys=[]), "no key"),
        (lambda path: change(path, keys="x"), "list"),
        (lambda path: change(path, saved="today"), "when it was saved"),
        (lambda path: change(path, saved=None), "when it was saved"),
        (lambda path: change(path, saved=True), "when it was saved"),
        (lambda path: change(path, saved=10**400), "no time|not valid JSON"),
        (lambda path: change(path, saved=2e9), "future"),
        (lambda path: change(path, saved=0), "older than"),
        (lambda path: path.chmod(0o606), "others"),
        (lambda path: path.chmod(0o620), "others"),
        (make_link, "symbolic link"),
        (make_pipe, "regular file"),
        (make_folder, "regular file|directory"),
    ],
)
def test_a_snapshot_that_is_not_plainly_right_is_not_used_and_the_log_tells_why(
    written: Path,
    place: Place,
    clock: FakeClock,
    key: Key,
    caplog: pytest.LogCaptureFixture,
    spoil: Any,
    why: str,
) -> None:
    spoil(written)
    caplog.clear()
    caplog.set_level(logging.WARNING, "gatepass")
    source = new_source(place, clock, written)
    with pytest.raises(KeysUnavailableError):
        ask(source, key)
    told = caplog.records[0].getMessage()
    assert "is not used" in told
    assert pytest.raises(AssertionError, match=why).matches(AssertionError(told)), told
    assert told.isprintable()
    assert len(told) < 500


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_snapshot_that_belongs_to_another_user_is_not_used(
    written: Path, place: Place, clock: FakeClock, key: Key
) -> None:
    os.chown(written, 12345, 12345)
    with pytest.raises(KeysUnavailableError):
        ask(new_source(place, clock, written), key)


def test_a_snapshot_of_an_issuer_is_not_one_of_another(
    place: Place, clock: FakeClock, path: Path, key: Key
) -> None:
    def fetch(url: str) -> dict[str, Any]:
        if "well-known" in url:
            return {"issuer": "https://a.example", "jwks_uri": "https://a.example/jwks"}
        return place(url)

    issuer = IssuerKeys("https://a.example", fetch=fetch, snapshot=path, clock=clock, monotonic=clock)
    ask(issuer, key)
    place.go_down()
    options: Any = {"fetch": fetch, "snapshot": path, "clock": clock, "monotonic": clock}
    assert IssuerKeys("https://a.example", **options).find(key.kid, "ES256") == (key.public(),)
    with pytest.raises(KeysUnavailableError):
        IssuerKeys("https://b.example", **options).find(key.kid, "ES256")


def test_where_it_cannot_be_written_keys_serve_all_the_same(
    place: Place, clock: FakeClock, tmp_path: Path, key: Key, caplog: pytest.LogCaptureFixture
) -> None:
    source = new_source(place, clock, tmp_path / "no such folder" / "keys.json")
    assert ask(source, key) == [key.public()]
    assert "was not written" in caplog.text


def test_no_snapshot_yet_is_no_reason_to_warn(
    place: Place, clock: FakeClock, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gatepass")
    new_source(place, clock, path)
    assert caplog.records == []


def test_a_link_in_its_place_is_replaced_and_not_followed(
    place: Place, clock: FakeClock, path: Path, key: Key
) -> None:
    precious = path.with_name("precious")
    precious.write_text("mine")
    path.symlink_to(precious)
    ask(new_source(place, clock, path), key)
    assert precious.read_text() == "mine"
    assert not path.is_symlink()


def test_no_restart_begins_the_hour_beside_a_doubted_set_anew(
    place: Place, clock: FakeClock, path: Path, key: Key, other_key: Key
) -> None:
    ask(new_source(place, clock, path), key)
    place.keys = [other_key]  # the known key was withdrawn, and nobody but a thief sends tokens
    for _ in range(3):
        clock.advance(1200)
        ask(new_source(place, clock, path), key)
    source = new_source(place, clock, path)
    ask(source, key)
    clock.advance(MAX_AGE)
    source.due(key.kid, "ES256")
    landed()
    assert key.kid not in {found.kid for found in source.find(None, "ES256")}
