"""A list is judged as strictly as a token: who signed it, what it is, whose it is and when."""

import logging
import random
from typing import Any

import pytest

from gatepass import Key, RevokedTokenError, StatusUnavailableError, Verifier, WrongTypeError
from gatepass.sources import NamedKeys
from gatepass.status.list_token import ListReader
from tests.status import vectors
from tests.status.lists import ISSUER, URI, World, claims, lst, packed, signed
from tests.support.clock import FakeClock
from tests.verify import forge

DRAFT = "draft-ietf-oauth-status-list-21"


def refused(world: World) -> str:
    """Why the list is not taken."""
    with pytest.raises(StatusUnavailableError) as caught:
        world.ask()
    assert world.counted == ["status.failed"]
    return caught.value.reason


@pytest.mark.compliance(DRAFT, "5.1", "the claims of a list")
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"iss": ISSUER},
        {"exp": ...},
        {"ttl": ...},
        {"ttl": 0.5},
        {"ttl": 10**400},
        {"iat": 0},
        {"nbf": 0},
        {"more": {"of": "it"}},
        {"status_list": {"bits": 1, "lst": lst(packed({})), "aggregation_uri": "https://x.example/"}},
    ],
    ids=str,
)
def test_a_good_list_is_taken(world: World, changes: dict[str, Any]) -> None:
    world.site.changes = changes
    world.ask()
    assert world.counted == ["status.fetched"]


@pytest.mark.parametrize("typ", ["statuslist+jwt", "application/statuslist+jwt", "StatusList+JWT"])
def test_the_type_of_a_list_is_a_media_type(world: World, key: Key, clock: FakeClock, typ: str) -> None:
    world.site.answer = signed(key, claims(clock.now), typ=typ)
    world.ask()


@pytest.mark.compliance(DRAFT, "8.3", "every claim of a list is checked")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sub": ...}, "sub"),
        ({"sub": URI + "/"}, "sub"),
        ({"sub": URI.upper()}, "sub"),
        ({"sub": [URI]}, "sub"),
        ({"iat": ...}, "iat is missing"),
        ({"iat": "1"}, "iat"),
        ({"iat": True}, "iat"),
        ({"exp": 0}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": "never"}, "exp"),
        ({"nbf": 1e12}, "nbf"),
        ({"ttl": 0}, "ttl"),
        ({"ttl": -1}, "ttl"),
        ({"ttl": True}, "ttl"),
        ({"ttl": None}, "ttl"),
        ({"ttl": "10"}, "ttl"),
        ({"iss": "https://other.example.com"}, "wrong_issuer"),
        ({"iss": None}, "iss"),
        ({"aud": forge.AUDIENCE}, "aud"),
        ({"status_list": ...}, "status_list"),
        ({"status_list": None}, "status_list"),
        ({"status_list": []}, "status_list"),
        ({"status_list": {}}, "status_list"),
        ({"status_list": {"bits": 3, "lst": vectors.SHORT[0][1]}}, "bits"),
        ({"status_list": {"bits": True, "lst": vectors.SHORT[0][1]}}, "bits"),
        ({"status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ=="}}, "base64url"),
        ({"status_list": {"bits": 1, "lst": None}}, "lst"),
    ],
    ids=str,
)
def test_a_list_with_a_wrong_claim_is_not_taken(world: World, changes: dict[str, Any], reason: str) -> None:
    world.site.changes = changes
    assert reason in refused(world)


@pytest.mark.parametrize(("ahead", "taken"), [(60, True), (61, False)])
def test_a_list_from_the_future_is_taken_as_far_as_clocks_differ(
    world: World, ahead: int, taken: bool
) -> None:
    world.site.changes = {"iat": world.clock.now + ahead}
    if taken:
        world.ask()
    else:
        assert "future" in refused(world)


@pytest.mark.compliance(DRAFT, "5.1", "the signature must match")
def test_a_list_signed_with_another_key_is_not_taken(
    world: World, other_key: Key, key: Key, clock: FakeClock
) -> None:
    world.site.answer = signed(other_key, claims(clock.now), kid=key.kid)
    assert "invalid_signature" in refused(world)


def test_a_list_signed_with_an_unknown_key_is_not_taken(
    world: World, other_key: Key, clock: FakeClock
) -> None:
    world.site.answer = signed(other_key, claims(clock.now))
    assert "unknown_key" in refused(world)


@pytest.mark.compliance(DRAFT, "5.1", "typ is statuslist+jwt")
@pytest.mark.compliance("RFC 8725", "3.11", "one kind of token does not pass for another")
@pytest.mark.parametrize("typ", ["at+jwt", "JWT", "statuslist+cwt", "", None, 1, ...], ids=str)
def test_another_kind_of_token_is_no_list(world: World, key: Key, clock: FakeClock, typ: object) -> None:
    world.site.answer = signed(key, claims(clock.now), typ=typ)
    assert "wrong_type" in refused(world)


def test_an_access_token_of_the_issuer_is_no_list(world: World, key: Key, clock: FakeClock) -> None:
    world.site.answer = forge.token(key, forge.good_claims(clock.now)).encode()
    assert "wrong_type" in refused(world)


def test_a_list_is_no_access_token(key: Key, clock: FakeClock) -> None:
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk()]}, issuer=ISSUER, audience=forge.AUDIENCE, clock=clock, status=None
    )
    everything = {**forge.good_claims(clock.now), **claims(clock.now, sub="user-1")}
    with pytest.raises(WrongTypeError):
        verifier.verify(signed(key, everything).decode())


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"b64": False}, {"alg": "none"}, {"kid": 1}], ids=str)
def test_the_header_of_a_list_is_judged_as_that_of_a_token(
    world: World, key: Key, clock: FakeClock, header: dict[str, Any]
) -> None:
    world.site.answer = signed(key, claims(clock.now), **header)
    refused(world)


def test_only_the_algorithms_of_the_verifier_sign_lists(key: Key, clock: FakeClock) -> None:
    reader = ListReader(ISSUER, NamedKeys([key]), frozenset({"EdDSA"}), 1 << 20)
    with pytest.raises(Exception, match="algorithm"):
        reader.read(signed(key, claims(clock.now)), URI, clock.now)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html>",
        b"a.b",
        b"a.b.c.d",
        b"\xff\xfe.\x00.",
        b"e30.e30.",
        b".." * 100_000,
        b"." * 100_000,
    ],
    ids=lambda body: repr(body[:10]),
)
def test_what_is_no_signed_token_is_no_list(world: World, body: bytes) -> None:
    world.site.answer = body
    assert refused(world)


@pytest.mark.parametrize("change", [b"\n", b" ", b"=", b"A"])
def test_a_list_with_something_behind_it_is_not_taken(
    world: World, key: Key, clock: FakeClock, change: bytes
) -> None:
    world.site.answer = signed(key, claims(clock.now)) + change
    refused(world)


def test_members_that_appear_twice_are_refused(world: World, key: Key, clock: FakeClock) -> None:
    twice = b'{"sub":"%s","iat":%d,"status_list":{"bits":1,"bits":8,"lst":"%s"}}' % (
        URI.encode(),
        clock.now,
        lst(packed({})).encode(),
    )
    world.site.answer = signed(key, twice)
    assert "twice" in refused(world)


def test_a_list_may_be_longer_than_any_token(world: World, key: Key, clock: FakeClock) -> None:
    noise = random.Random(1).randbytes(200_000)
    body = signed(key, claims(clock.now, status_list={"bits": 8, "lst": lst(noise)}))
    assert len(body) > 16_384
    world.site.answer = body
    with pytest.raises(RevokedTokenError):
        world.ask(199_999)
    world.ask(noise.index(0))


def test_a_list_that_unpacks_to_more_than_the_policy_allows_is_not_taken(
    world: World, make_world: Any, key: Key, clock: FakeClock
) -> None:
    small = make_world(max_list_bytes=1000)
    for one in (world, small):
        one.site.answer = signed(key, claims(clock.now, status_list={"bits": 1, "lst": lst(bytes(1001))}))
    world.ask()
    assert "more than 1000 bytes" in refused(small)


@pytest.mark.compliance(DRAFT, "7.1", "1 is invalid, 2 is suspended, others are not registered")
@pytest.mark.parametrize(
    ("status", "name"), [(1, "invalid"), (2, "suspended"), (3, "not accepted"), (12, "not")]
)
def test_every_status_but_the_first_refuses_the_token(
    make_world: Any, key: Key, clock: FakeClock, status: int, name: str
) -> None:
    def listed(one: World) -> World:
        array = packed({5: status}, bits=4)
        one.site.answer = signed(key, claims(clock.now, status_list={"bits": 4, "lst": lst(array)}))
        return one

    world = listed(make_world())
    world.ask(4)
    world.ask(6)
    with pytest.raises(RevokedTokenError) as caught:
        world.ask(5)
    assert f"status {status} ({name}" in caught.value.reason
    listed(make_world(accepted=[0, status])).ask(5)


def test_why_a_list_was_not_taken_is_logged_on_one_line_and_without_the_list(
    world: World, other_key: Key, key: Key, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    body = signed(other_key, claims(clock.now), kid=key.kid)
    world.site.answer = body
    refused(world)
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.WARNING
    assert URI in caplog.text
    assert "invalid_signature" in caplog.text
    for segment in body.decode().split("."):
        assert segment not in caplog.text
