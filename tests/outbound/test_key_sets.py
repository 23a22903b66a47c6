"""The keys of a program, from its registration or from its own address."""

import json
import threading
import time

import pytest

from gatepass import Key, KeysUnavailableError
from gatepass_server.outbound import key_sets
from gatepass_server.outbound.key_sets import KeySets, keys_for
from tests.outbound.conftest import Going
from tests.outbound.site import Site, answer
from tests.support.clock import FakeClock


@pytest.fixture(scope="module")
def keys() -> list[Key]:
    """Three keys of a program."""
    return [Key.generate("ES256").named(f"k{number}") for number in range(3)]


def jwks(*keys: Key) -> dict[str, object]:
    """Their public halves."""
    return {"keys": [key.public_jwk() for key in keys]}


def kids(found: object) -> list[str | None]:
    return [key.kid for key in found]  # type: ignore[attr-defined] # a sequence of keys


def test_keys_in_the_registration_are_found_by_their_name(going: Going, keys: list[Key]) -> None:
    source = KeySets(going()).of(jwks=jwks(*keys[:2]), jwks_uri=None)
    assert kids(keys_for(source, "k1", "ES256")) == ["k1"]
    assert kids(keys_for(source, None, "ES256")) == ["k0", "k1"]
    assert keys_for(source, "k2", "ES256") == ()


@pytest.mark.parametrize(
    "broken", [{}, {"keys": []}, {"keys": "x"}, {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}]
)
def test_a_set_that_cannot_be_read_has_no_keys(going: Going, broken: dict[str, object]) -> None:
    source = KeySets(going()).of(jwks=broken, jwks_uri=None)
    assert keys_for(source, None, "HS256") == ()
    assert keys_for(KeySets(going()).of(jwks=None, jwks_uri=None), None, "ES256") == ()


def test_keys_at_an_address_are_fetched_once_for_all_who_name_it(
    site: Site, going: Going, keys: list[Key]
) -> None:
    site.reply = answer(json.dumps(jwks(keys[0])).encode(), "application/jwk-set+json")
    sets = KeySets(going())
    assert site.connections == 0
    for _ in range(3):
        assert kids(keys_for(sets.of(jwks=None, jwks_uri=site.url("/jwks")), "k0", "ES256")) == ["k0"]
    assert len(site.requests) == 1


def test_an_unknown_key_makes_the_set_be_fetched_again_but_not_at_every_try(
    site: Site, going: Going, keys: list[Key], clock: FakeClock
) -> None:
    site.reply = answer(json.dumps(jwks(keys[0])).encode())
    source = KeySets(going(), monotonic=clock).of(jwks=None, jwks_uri=site.url("/jwks"))
    assert kids(keys_for(source, "k0", "ES256")) == ["k0"]
    site.reply = answer(json.dumps(jwks(*keys[:2])).encode())
    for _ in range(20):
        assert keys_for(source, "k1", "ES256") == ()
    assert len(site.requests) == 1
    clock.advance(10)
    assert kids(keys_for(source, "k1", "ES256")) == ["k1"]
    for number in range(20):
        assert keys_for(source, f"stranger {number}", "ES256") == ()
    assert len(site.requests) == 2


def test_known_keys_outlive_an_outage_and_not_for_ever(
    site: Site, going: Going, keys: list[Key], clock: FakeClock
) -> None:
    site.reply = answer(json.dumps(jwks(keys[0])).encode())
    source = KeySets(going(), monotonic=clock).of(jwks=None, jwks_uri=site.url("/jwks"))
    keys_for(source, "k0", "ES256")
    site.reply = answer(b"{}", status="500 Oh")
    clock.advance(3600)
    assert kids(keys_for(source, "k0", "ES256")) == ["k0"]
    clock.advance(86_400)
    with pytest.raises(KeysUnavailableError):
        keys_for(source, "k0", "ES256")


def test_a_failure_is_remembered_for_a_moment(site: Site, going: Going, clock: FakeClock) -> None:
    site.reply = answer(b"{}", status="404 No")
    source = KeySets(going(), monotonic=clock).of(jwks=None, jwks_uri=site.url("/jwks"))
    for _ in range(20):
        with pytest.raises(KeysUnavailableError):
            keys_for(source, "k0", "ES256")
    assert len(site.requests) == 1


def test_many_at_once_cause_one_fetch(site: Site, going: Going, keys: list[Key]) -> None:
    def slowly(connection: object) -> None:
        time.sleep(0.2)  # long enough for all threads to stand before the same fetch
        connection.sendall(answer(json.dumps(jwks(keys[0])).encode()))  # type: ignore[attr-defined] # a socket

    site.reply = slowly
    sets = KeySets(going())
    found: list[object] = []

    def look() -> None:
        found.extend(keys_for(sets.of(jwks=None, jwks_uri=site.url("/jwks")), "k0", "ES256"))

    threads = [threading.Thread(target=look) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 12
    assert len(site.requests) == 1


def test_a_set_at_a_private_address_is_never_asked_for(
    site: Site, going: Going, caplog: pytest.LogCaptureFixture
) -> None:
    source = KeySets(going(allow="")).of(jwks=None, jwks_uri=site.url("/jwks?secret=1"))
    with pytest.raises(KeysUnavailableError) as caught:
        keys_for(source, "k0", "ES256")
    assert site.connections == 0
    assert "secret" not in caplog.text
    assert "secret" not in caught.value.reason


@pytest.mark.parametrize("body", [b"[]", b"{}", b"not json", b'{"keys":[],"keys":[]}', b"[" * 60_000])
def test_what_is_no_set_gives_no_keys(site: Site, going: Going, body: bytes) -> None:
    site.reply = answer(body)
    with pytest.raises(KeysUnavailableError):
        keys_for(KeySets(going()).of(jwks=None, jwks_uri=site.url("/jwks")), "k0", "ES256")


def test_sets_that_are_long_out_of_use_are_forgotten(going: Going, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sets, "MAX_SETS", 3)
    sets = KeySets(going())
    first = sets.of(jwks=None, jwks_uri="https://keys.test/0")
    for number in range(1, 4):
        sets.of(jwks=None, jwks_uri=f"https://keys.test/{number}")
    assert sets.of(jwks=None, jwks_uri="https://keys.test/0") is not first
