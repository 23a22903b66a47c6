"""Which keys serve when others are published: a rotation, a withdrawal, or somebody else's set."""

import pytest

from gatepass import Key
from gatepass.key_sources.jwks_address import JwksAddressKeys
from gatepass.key_sources.remote import MAX_AGE, RemoteKeys
from gatepass.key_sources.succession import DOUBT
from tests.sources.landing import landed
from tests.sources.place import ADDRESS, Place
from tests.support.clock import FakeClock


@pytest.fixture(scope="module")
def foreign() -> list[Key]:
    return [Key.generate("ES256"), Key.generate("ES256")]


@pytest.fixture
def source(place: Place, clock: FakeClock, key: Key) -> RemoteKeys:
    source = JwksAddressKeys(ADDRESS, fetch=place, monotonic=clock)
    source.refresh(key.kid, "ES256")
    return source


def renew(source: RemoteKeys, clock: FakeClock) -> None:
    clock.advance(MAX_AGE)
    source.due(None, "ES256")
    landed()


def serving(source: RemoteKeys) -> set[str]:
    return {key.kid for key in source.find(None, "ES256")}


def names(*keys: Key) -> set[str]:
    return {key.kid for key in keys}


def test_a_key_that_comes_beside_a_known_one_serves_at_once(
    source: RemoteKeys, place: Place, clock: FakeClock, key: Key, other_key: Key
) -> None:
    place.keys = [key, other_key]
    renew(source, clock)
    assert serving(source) == names(key, other_key)


def test_a_key_withdrawn_while_another_stays_is_forgotten_at_once(
    source: RemoteKeys, place: Place, clock: FakeClock, key: Key, other_key: Key
) -> None:
    place.keys = [key, other_key]
    renew(source, clock)
    place.keys = [other_key]
    renew(source, clock)
    assert serving(source) == names(other_key)


def test_a_known_key_under_another_name_shows_that_the_set_is_the_issuers(
    source: RemoteKeys, place: Place, clock: FakeClock, key: Key, other_key: Key
) -> None:
    place.keys = [key.named("renamed"), other_key]
    renew(source, clock)
    assert serving(source) == {"renamed", other_key.kid}


def test_somebody_elses_set_does_not_push_the_known_keys_out(
    source: RemoteKeys, place: Place, clock: FakeClock, key: Key, foreign: list[Key]
) -> None:
    place.keys = foreign
    for _ in range(5):
        renew(source, clock)
        assert key.kid in serving(source)
    place.keys = [key]
    renew(source, clock)
    assert serving(source) == names(key), "and is gone when the right one is back"


def test_a_set_that_replaces_all_keys_is_believed_alone_as_soon_as_it_is_in_use(
    source: RemoteKeys, place: Place, clock: FakeClock, key: Key, other_key: Key
) -> None:
    place.keys = [other_key]
    renew(source, clock)
    (new,) = source.find(other_key.kid, "ES256")
    source.proven(source.find(key.kid, "ES256")[0])
    assert serving(source) == names(key, other_key), "a token of the old key shows nothing"
    source.proven(new)
    assert serving(source) == names(other_key)
    assert source.find(other_key.kid, "ES256")[0] is new


def test_a_set_that_replaces_all_keys_is_believed_alone_after_an_hour(
    source: RemoteKeys, place: Place, clock: FakeClock, key: Key, other_key: Key
) -> None:
    place.keys = [other_key]
    renew(source, clock)
    for _ in range(int((DOUBT - 1) // MAX_AGE)):
        renew(source, clock)
        assert serving(source) == names(key, other_key)
    renew(source, clock)
    assert serving(source) == names(other_key)


def test_known_keys_beside_a_doubted_set_end_when_they_would_in_any_outage(
    place: Place, clock: FakeClock, key: Key, other_key: Key
) -> None:
    source = JwksAddressKeys(ADDRESS, fetch=place, monotonic=clock, max_stale=3 * MAX_AGE)
    source.refresh(key.kid, "ES256")
    place.keys = [other_key]
    renew(source, clock)
    renew(source, clock)
    assert serving(source) == names(key, other_key)
    clock.advance(MAX_AGE)
    assert source.due(key.kid, "ES256")
    source.refresh(key.kid, "ES256")
    assert serving(source) == names(other_key)


def test_the_same_name_in_somebody_elses_set_does_not_hide_the_known_key(
    source: RemoteKeys, place: Place, clock: FakeClock, key: Key, foreign: list[Key]
) -> None:
    place.keys = [foreign[0].named(key.kid)]
    renew(source, clock)
    assert source.find(key.kid, "ES256")[0] == key.public()


def test_rotating_twice_with_an_overlap_loses_no_key_that_is_published(
    source: RemoteKeys, place: Place, clock: FakeClock, key: Key, other_key: Key, foreign: list[Key]
) -> None:
    for published in ([key, other_key], [other_key], [other_key, foreign[0]], [foreign[0]]):
        place.keys = published
        renew(source, clock)
        assert serving(source) == names(*published)


def test_the_hour_of_doubt_ends_by_itself_while_nothing_can_be_fetched(
    source: RemoteKeys, place: Place, clock: FakeClock, key: Key, other_key: Key
) -> None:
    place.keys = [other_key]
    renew(source, clock)
    place.go_down()
    clock.advance(DOUBT - 1)
    assert serving(source) == names(key, other_key)
    clock.advance(1)
    assert serving(source) == names(other_key)
    assert source.find(key.kid, "ES256") == ()


def test_an_old_set_that_comes_back_for_a_moment_does_not_begin_the_hour_anew(
    source: RemoteKeys, place: Place, clock: FakeClock, key: Key, other_key: Key
) -> None:
    for turn in range(int(DOUBT // MAX_AGE) + 1):
        place.keys = [key] if turn == 9 else [other_key]
        renew(source, clock)
    assert serving(source) == names(other_key)
