"""Tokens that are bound to a key are good for nobody who does not show it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gatepass import InvalidClaimsError, Key, ProofRequiredError, Verifier
from tests.support.clock import FakeClock
from tests.verify import forge

Mint = Callable[..., str]


@pytest.mark.compliance("RFC 9449", "7.2", "a bound token is not accepted as a plain bearer token")
@pytest.mark.compliance("RFC 8705", "3", "a token bound to a certificate needs that certificate")
@pytest.mark.parametrize(
    "confirmed", [None, {}, {"jkt": "other"}, {"x5t#S256": "thumb"}, {"jkt": "thumb "}, {"jkt": ""}]
)
@pytest.mark.parametrize("cache_size", [0, 8])
def test_a_bound_token_is_refused_without_its_key(
    confirmed: Mapping[str, str] | None, cache_size: int, key: Key, mint: Mint, clock: FakeClock
) -> None:
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk()]},
        issuer=forge.ISSUER,
        audience=forge.AUDIENCE,
        clock=clock,
        cache_size=cache_size,
    )
    bound = mint(cnf={"jkt": "thumb"})
    for _ in range(2):
        with pytest.raises(ProofRequiredError):
            verifier.verify(bound, confirmed=confirmed)
        assert verifier.verify(bound, confirmed={"jkt": "thumb", "x5t#S256": "whatever"}).subject == "user-1"


@pytest.mark.compliance("RFC 7800", "3.1", "a method that is not understood confirms nothing")
@pytest.mark.parametrize(
    "cnf",
    [
        {"jkt": "thumb", "x5t#S256": "cert"},
        {"jwk": {"kty": "EC"}},
        {"kid": "k"},
        {"jkt": 1},
        {"jkt": None},
        {"jkt": ["thumb"]},
    ],
)
def test_every_binding_counts_and_an_unknown_one_cannot_be_met(
    cnf: dict[str, Any], verifier: Verifier, mint: Mint
) -> None:
    with pytest.raises(ProofRequiredError):
        verifier.verify(mint(cnf=cnf), confirmed={"jkt": "thumb"})


@pytest.mark.parametrize("cnf", [None, {}, [], "thumb", 1, True])
def test_a_binding_of_the_wrong_form_is_refused(cnf: object, verifier: Verifier, mint: Mint) -> None:
    with pytest.raises(InvalidClaimsError):
        verifier.verify(mint(cnf=cnf), confirmed={"jkt": "thumb"})


def test_a_plain_token_stays_good_whatever_was_shown(verifier: Verifier, mint: Mint) -> None:
    assert verifier.verify(mint(), confirmed={"jkt": "thumb"}).subject == "user-1"
