"""An allow-list of issuers that cannot be mixed up."""

from typing import Any

import pytest

from gatepass import (
    InvalidClaimsError,
    InvalidSignatureError,
    Key,
    MalformedTokenError,
    MissingTokenError,
    MultiIssuerVerifier,
    TokenError,
    UnknownKeyError,
    Verifier,
    WrongAudienceError,
    WrongIssuerError,
    WrongTypeError,
)
from tests.support.clock import FakeClock
from tests.verify import forge

OURS = "https://auth.example.com"
THEIRS = "https://login.example.net"


def both(key: Key, other_key: Key, clock: FakeClock, **ours: Any) -> MultiIssuerVerifier:
    """Two issuers whose keys have the same name."""
    return MultiIssuerVerifier(
        [
            Verifier.from_jwks(
                {"keys": [{**key.public_jwk(), "kid": "1"}]},
                issuer=OURS,
                audience="our-api",
                clock=clock,
                **ours,
            ),
            Verifier.from_jwks(
                {"keys": [{**other_key.public_jwk(), "kid": "1"}]},
                issuer=THEIRS,
                audience="their-api",
                types=["JWT"],
                clock=clock,
            ),
        ]
    )


def token(key: Key, clock: FakeClock, iss: str, aud: str, typ: str = "at+jwt") -> str:
    claims = forge.good_claims(clock.now, iss=iss, aud=aud)
    return forge.token(key, claims, forge.header_for(key, kid="1", typ=typ))


def test_each_issuers_tokens_are_judged_by_its_own_rules(key: Key, other_key: Key, clock: FakeClock) -> None:
    verifier = both(key, other_key, clock)
    assert verifier.issuers == (OURS, THEIRS)
    for _ in range(2):  # the second time they are remembered
        assert verifier.verify(token(key, clock, OURS, "our-api")).issuer == OURS
        assert verifier.verify(token(other_key, clock, THEIRS, "their-api", "JWT")).issuer == THEIRS


@pytest.mark.compliance("RFC 8725", "3.8", "the keys used for a token must belong to its issuer")
def test_a_key_of_one_issuer_signs_nothing_for_another_though_the_kid_is_the_same(
    key: Key, other_key: Key, clock: FakeClock
) -> None:
    verifier = both(key, other_key, clock)
    with pytest.raises(InvalidSignatureError):
        verifier.verify(token(other_key, clock, OURS, "our-api"))
    with pytest.raises(InvalidSignatureError):
        verifier.verify(token(key, clock, THEIRS, "their-api", "JWT"))


def test_the_audience_and_types_of_one_issuer_do_not_count_for_another(
    key: Key, other_key: Key, clock: FakeClock
) -> None:
    verifier = both(key, other_key, clock)
    with pytest.raises(WrongAudienceError):
        verifier.verify(token(key, clock, OURS, "their-api"))
    with pytest.raises(WrongTypeError):
        verifier.verify(token(key, clock, OURS, "our-api", "JWT"))
    with pytest.raises(WrongTypeError):
        verifier.verify(token(other_key, clock, THEIRS, "their-api", "at+jwt"))


@pytest.mark.parametrize(
    "iss", ["https://auth.example.com/", "https://AUTH.example.com", "", "https://auth.example.com "]
)
def test_an_issuer_that_is_not_on_the_list_is_refused_whatever_signed(
    iss: str, key: Key, other_key: Key, clock: FakeClock
) -> None:
    with pytest.raises(WrongIssuerError):
        both(key, other_key, clock).verify(token(key, clock, iss, "our-api"))


@pytest.mark.parametrize("iss", [..., None, 1, ["https://auth.example.com"], {}])
def test_an_issuer_must_be_one_string(iss: object, key: Key, other_key: Key, clock: FakeClock) -> None:
    claims = forge.good_claims(clock.now, iss=iss, aud="our-api")
    with pytest.raises(InvalidClaimsError):
        both(key, other_key, clock).verify(forge.token(key, claims))


def test_two_issuers_in_one_token_are_none(key: Key, other_key: Key, clock: FakeClock) -> None:
    payload = f'{{"iss":"{OURS}","iss":"{THEIRS}","sub":"a","aud":"our-api","exp":{clock.now + 60}}}'
    with pytest.raises(MalformedTokenError):
        both(key, other_key, clock).verify(forge.token(key, payload.encode()))


@pytest.mark.parametrize("given", [None, "", "a.b", "....", b"a.b.c", 7])
def test_nothing_but_a_token_error_comes_out(
    given: object, key: Key, other_key: Key, clock: FakeClock
) -> None:
    verifier = both(key, other_key, clock)
    with pytest.raises((MissingTokenError, MalformedTokenError)):
        verifier.verify(given)
    assert not verifier.explain(given).accepted


@pytest.mark.anyio
async def test_the_asynchronous_check_chooses_alike(key: Key, other_key: Key, clock: FakeClock) -> None:
    verifier = both(key, other_key, clock)
    assert (await verifier.averify(token(key, clock, OURS, "our-api"))).issuer == OURS
    with pytest.raises(TokenError):
        await verifier.averify(token(other_key, clock, OURS, "our-api"))


def test_an_explanation_comes_from_the_issuers_own_verifier(
    key: Key, other_key: Key, clock: FakeClock
) -> None:
    verifier = both(key, other_key, clock)
    assert verifier.explain(token(key, clock, OURS, "our-api")).accepted
    stranger = verifier.explain(token(key, clock, "https://evil.example", "our-api"))
    assert stranger.code == "wrong_issuer"
    assert OURS in str(stranger)


def test_a_remembered_token_is_remembered_for_its_issuer_alone(
    key: Key, other_key: Key, clock: FakeClock
) -> None:
    ours = token(key, clock, OURS, "our-api")
    assert both(key, other_key, clock).verify(ours).issuer == OURS
    with pytest.raises(UnknownKeyError):
        MultiIssuerVerifier(
            [
                Verifier.from_jwks(
                    {"keys": [other_key.public_jwk()]}, issuer=OURS, audience="our-api", clock=clock
                )
            ]
        ).verify(ours)


def test_one_issuer_has_one_verifier(key: Key) -> None:
    one = Verifier.from_jwks({"keys": [key.public_jwk()]}, issuer=OURS, audience="a")
    with pytest.raises(ValueError, match="two verifiers"):
        MultiIssuerVerifier([one, one])
    with pytest.raises(ValueError, match="at least one"):
        MultiIssuerVerifier([])
