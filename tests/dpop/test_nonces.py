"""Nonces of the API (RFC 9449 sections 8, 9 and 11.3)."""

import re

import pytest

from gatepass import InvalidProofError, UseNonceError, WeakKeyError
from gatepass.dpop import DPoP, Nonces
from tests.dpop import proofs
from tests.dpop.conftest import Prove
from tests.support.clock import FakeClock

SECRET = b"a secret of thirty-two characters"
NQCHAR = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


@pytest.fixture
def nonces() -> Nonces:
    return Nonces(SECRET, period=120)


@pytest.fixture
def dpop(nonces: Nonces, clock: FakeClock) -> DPoP:
    clock.now = 120 * 1000.0  # where a period begins
    return DPoP(nonces=nonces, clock=clock)


@pytest.mark.compliance("RFC 9449", "4.3 (10)", "the nonce is one that the server provided")
def test_a_proof_with_the_nonce_that_was_given_is_accepted(dpop: DPoP, prove: Prove) -> None:
    assert proofs.check(dpop, prove(nonce=dpop.fresh_nonce()))


@pytest.mark.compliance("RFC 9449", "11.3", "no proof without a nonce where one is asked for")
@pytest.mark.compliance("RFC 9449", "9", "the answer gives the nonce to use")
@pytest.mark.parametrize("nonce", [..., None, "", "guessed", "\ud7ff", "é" * 43, 7, True, ["x"], {}])
def test_a_proof_without_it_is_told_the_nonce(dpop: DPoP, prove: Prove, nonce: object) -> None:
    with pytest.raises(UseNonceError) as refused:
        proofs.check(dpop, prove(nonce=nonce))
    assert refused.value.nonce == dpop.fresh_nonce()
    assert proofs.check(dpop, prove(nonce=refused.value.nonce))


@pytest.mark.compliance(
    "RFC 9449", "8.1", "a nonce is printable ASCII without blanks, quotes and backslashes"
)
def test_a_nonce_can_stand_in_a_header(dpop: DPoP, clock: FakeClock) -> None:
    for _ in range(50):
        nonce = dpop.fresh_nonce()
        assert nonce
        assert NQCHAR.fullmatch(nonce)
        clock.advance(120)


def test_a_nonce_is_good_for_the_rest_of_its_period_and_the_next(
    dpop: DPoP, prove: Prove, clock: FakeClock
) -> None:
    nonce = dpop.fresh_nonce()
    clock.advance(119)
    assert dpop.fresh_nonce() == nonce
    clock.advance(1)
    assert dpop.fresh_nonce() != nonce
    clock.advance(119.9)
    assert proofs.check(dpop, prove(nonce=nonce))
    clock.advance(0.1)
    with pytest.raises(UseNonceError):
        proofs.check(dpop, prove(nonce=nonce, jti="proof-2"))


def test_machines_that_share_the_secret_accept_the_nonces_of_each_other(
    prove: Prove, clock: FakeClock
) -> None:
    behind, ahead = FakeClock(clock.now), FakeClock(clock.now + 5)
    for shift in range(0, 130, 7):
        behind.now, ahead.now = clock.now + shift, clock.now + shift + 5
        one, two = (DPoP(nonces=Nonces(SECRET.decode(), period=120), clock=each) for each in (behind, ahead))
        assert proofs.check(one, prove(nonce=two.fresh_nonce(), iat=behind.now))
        assert proofs.check(two, prove(nonce=one.fresh_nonce(), iat=behind.now))


@pytest.mark.compliance("RFC 9449", "8", "nonces cannot be predicted")
def test_another_secret_makes_other_nonces(dpop: DPoP, prove: Prove, clock: FakeClock) -> None:
    other = DPoP(nonces=Nonces(b"another secret of thirty-two chars", period=120), clock=clock)
    for elsewhere in (other, DPoP(nonces=Nonces(SECRET + b"!", period=120), clock=clock)):
        with pytest.raises(UseNonceError):
            proofs.check(dpop, prove(nonce=elsewhere.fresh_nonce()))


@pytest.mark.compliance("RFC 9449", "11.1", "a nonce may be used for many proofs, each of them once")
def test_one_nonce_serves_many_proofs_each_once(dpop: DPoP, prove: Prove) -> None:
    nonce = dpop.fresh_nonce()
    for number in range(10):
        proof = prove(nonce=nonce, jti=f"proof-{number}")
        assert proofs.check(dpop, proof)
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, proof)


def test_a_good_nonce_does_not_spare_the_other_rules(dpop: DPoP, prove: Prove, clock: FakeClock) -> None:
    nonce = dpop.fresh_nonce()
    for proof in (
        prove(nonce=nonce, iat=clock.now - 61),
        prove(nonce=nonce, htm="PUT"),
        prove(nonce=nonce)[:-4] + "AAAA",
    ):
        with pytest.raises(InvalidProofError):
            proofs.check(dpop, proof)


def test_a_client_is_not_sent_for_a_nonce_with_a_proof_that_is_wrong_anyway(dpop: DPoP, prove: Prove) -> None:
    with pytest.raises(InvalidProofError):
        proofs.check(dpop, prove(htm="PUT"))


def test_without_a_source_there_is_no_nonce(clock: FakeClock) -> None:
    assert DPoP(clock=clock).fresh_nonce() is None


def test_neither_secret_nor_given_nonce_is_shown(dpop: DPoP, nonces: Nonces, prove: Prove) -> None:
    assert "secret" not in repr(nonces)
    with pytest.raises(UseNonceError) as refused:
        proofs.check(dpop, prove(nonce="given-by-the-client"))
    assert "given-by-the-client" not in refused.value.reason


@pytest.mark.parametrize("secret", ["", b"", "x" * 31, b"x" * 31, None, 7, ["x" * 40]])
def test_a_secret_that_is_too_short_is_refused(secret: object) -> None:
    with pytest.raises(WeakKeyError):
        Nonces(secret)  # type: ignore[arg-type] # what a program without types may pass


@pytest.mark.parametrize("period", [0, -1, 0.5, float("nan"), float("inf"), True, "120", None])
def test_a_period_that_is_none_is_refused(period: object) -> None:
    with pytest.raises(ValueError, match="period"):
        Nonces(SECRET, period=period)  # type: ignore[arg-type] # what a program without types may pass
