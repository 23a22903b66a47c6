"""The tree of errors is closed and keeps its secrets."""

import pickle
from collections.abc import Callable

import pytest

import gatepass
from gatepass import Key, TokenError, Verifier
from tests.support.clock import FakeClock
from tests.verify import forge

CODES = {
    "missing_token",
    "malformed",
    "unsupported_algorithm",
    "unknown_key",
    "invalid_signature",
    "wrong_type",
    "invalid_claims",
    "expired",
    "not_yet_valid",
    "wrong_issuer",
    "wrong_audience",
    "insufficient_scope",
    "revoked",
    "status_unavailable",
    "keys_unavailable",
    "proof_required",
    "invalid_dpop_proof",
    "use_dpop_nonce",
    "insufficient_user_authentication",
}


def test_the_codes_are_those_that_were_promised() -> None:
    kinds = TokenError.__subclasses__()
    assert {kind.code for kind in kinds} == CODES
    assert len(kinds) == len(CODES)
    assert all(not kind.__subclasses__() for kind in kinds)


def test_every_error_is_exported_and_speaks_in_a_sentence() -> None:
    for kind in TokenError.__subclasses__():
        assert getattr(gatepass, kind.__name__) is kind
        error = kind("the reason")
        assert str(error).endswith(".")
        assert "the reason" not in str(error)
        assert error.reason == "the reason"
        assert pickle.loads(pickle.dumps(error)).reason == "the reason"


def test_everything_that_is_promised_can_be_imported() -> None:
    assert all(hasattr(gatepass, name) for name in gatepass.__all__)


def test_no_part_of_an_error_holds_the_token(
    verifier: Verifier, key: Key, other_key: Key, clock: FakeClock, mint: Callable[..., str]
) -> None:
    good = mint()
    tokens = [
        good[:-8] + "AAAAAAAA",
        good + "=",
        good + ".x",
        mint(exp=0),
        mint(iss="x"),
        mint(scope=1),
        forge.token(other_key, forge.good_claims(clock.now)),
        forge.token(key, b"not json"),
        forge.token(key, {}, b"not json"),
    ]
    for token in tokens:
        with pytest.raises(TokenError) as caught:
            verifier.verify(token)
        chain: list[BaseException | None] = [caught.value, caught.value.__cause__]
        text = repr(caught.value) + str(caught.value) + caught.value.reason + repr(chain)
        for segment in token.split("."):
            assert len(segment) < 12 or segment not in text


def test_a_reason_quotes_only_the_beginning_of_a_long_value(
    verifier: Verifier, mint: Callable[..., str]
) -> None:
    with pytest.raises(TokenError) as caught:
        verifier.verify(mint(iss="x" * 5_000 + "\nforged line"))
    assert len(caught.value.reason) < 300
    assert "\n" not in caught.value.reason
