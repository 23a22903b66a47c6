"""When a proof was made (RFC 9449 section 4.3, rule 11)."""

import json
from typing import Any

import pytest

from gatepass import InvalidProofError, Key
from gatepass.dpop import DPoP, Nonces
from tests.dpop import proofs
from tests.dpop.conftest import Prove
from tests.support.clock import FakeClock

WINDOW = "the creation time is within an acceptable window"


@pytest.mark.compliance("RFC 9449", "4.3 (11)", WINDOW)
@pytest.mark.parametrize("age", [0, 1, 60, 59.5, -1, -30])
def test_a_proof_of_up_to_a_minute_is_accepted(
    dpop: DPoP, prove: Prove, clock: FakeClock, age: float
) -> None:
    assert proofs.check(dpop, prove(iat=clock.now - age))


@pytest.mark.compliance("RFC 9449", "4.3 (11)", WINDOW)
@pytest.mark.parametrize("age", [61, 60.5, 3600, -31, -30.5, -3600, 10**9])
def test_an_older_proof_and_one_of_the_future_are_refused(
    dpop: DPoP, prove: Prove, clock: FakeClock, age: float
) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove(iat=clock.now - age))


@pytest.mark.compliance("RFC 9449", "4.3 (11)", WINDOW)
def test_a_proof_grows_too_old(dpop: DPoP, prove: Prove, clock: FakeClock) -> None:
    proof = prove()
    clock.advance(61)
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, proof)


def test_the_window_is_for_whoever_sets_it_up_to_say(prove: Prove, clock: FakeClock) -> None:
    dpop = DPoP(max_age=300, leeway=0, clock=clock)
    assert proofs.check(dpop, prove(iat=clock.now - 300))
    for iat in (clock.now - 301, clock.now + 1):
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, prove(iat=iat, jti=str(iat)))


@pytest.mark.compliance("RFC 7519", "2", "a time is a number of seconds")
@pytest.mark.parametrize(
    "iat",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "1" + "0" * 400,
        "-1" + "0" * 400,
        "1e308",
        "-0.0",
        "true",
        '"1790000000"',
    ],
)
def test_a_time_that_is_none_is_refused(dpop: DPoP, key: Key, clock: FakeClock, iat: str) -> None:
    claims = json.dumps(proofs.good_claims(clock.now, iat="IAT")).replace('"IAT"', iat)
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, proofs.sign(key, proofs.good_header(key), claims.encode()))


@pytest.mark.compliance("RFC 7519", "4.1.4", "a JWT is not accepted on or after exp")
@pytest.mark.compliance("RFC 7519", "4.1.5", "a JWT is not accepted before nbf")
def test_a_proof_that_says_how_long_it_is_good_is_believed(
    dpop: DPoP, prove: Prove, clock: FakeClock
) -> None:
    assert proofs.check(dpop, prove(exp=clock.now + 10, nbf=clock.now))
    wrong: list[dict[str, Any]] = [
        {"exp": clock.now - 30},
        {"exp": "later"},
        {"exp": None},
        {"nbf": clock.now + 31},
        {"nbf": True},
    ]
    for number, claims in enumerate(wrong):
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, prove(jti=f"proof-{number}-of-the-wrong-ones", **claims))


@pytest.mark.compliance("RFC 9449", "11.1", "the nonce may tell the age of a proof in place of iat")
def test_without_a_greatest_age_the_nonce_alone_tells_it(prove: Prove, clock: FakeClock) -> None:
    dpop = DPoP(max_age=None, nonces=Nonces(b"s" * 32, period=100), clock=clock)
    nonce = dpop.fresh_nonce()
    proof = prove(iat=clock.now - 86_400, nonce=nonce)
    assert proofs.check(dpop, proof)
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, proof)
    for iat in (..., "now", None):  # it is still a claim that every proof has
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, prove(iat=iat, nonce=nonce, jti=str(iat)))
