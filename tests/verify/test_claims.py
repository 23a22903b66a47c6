"""The claims (RFC 7519, RFC 9068)."""

import json
from collections.abc import Callable

import pytest

from gatepass import (
    ExpiredTokenError,
    InsufficientScopeError,
    InvalidClaimsError,
    Key,
    NotYetValidError,
    TokenError,
    Verifier,
    WrongAudienceError,
    WrongIssuerError,
)
from tests.support.clock import FakeClock
from tests.verify import forge

Mint = Callable[..., str]

NO_TEXT: list[object] = [None, 1, True, [], ["a"], {}]
NO_DATE: list[object] = [None, True, False, "9999999999", "", [], {}]
WRONG: dict[str, list[object]] = {
    "iss": NO_TEXT,
    "sub": [*NO_TEXT, ""],
    "aud": [None, 1, {}, [1], [forge.AUDIENCE, 1], [None], [[forge.AUDIENCE]]],
    "exp": NO_DATE,
    "nbf": NO_DATE,
    "iat": NO_DATE,
    "jti": NO_TEXT,
    "client_id": NO_TEXT,
    "sid": NO_TEXT,
    "scope": NO_TEXT,
}


def test_a_good_token_tells_who_is_calling(verifier: Verifier, mint: Mint, clock: FakeClock) -> None:
    principal = verifier.verify(mint(public_id="user-1", roles=["admin"]))
    assert principal.subject == "user-1"
    assert principal.issuer == forge.ISSUER
    assert principal.audience == (forge.AUDIENCE,)
    assert principal.scopes == {"orders:read", "orders:write"}
    assert principal.client_id == "client-1"
    assert principal.session_id == "session-1"
    assert principal.token_id == "token-1"
    assert principal.expires_at == clock.now + 600
    assert principal.claims["roles"] == ["admin"]


def test_the_claims_of_a_principal_are_a_copy(verifier: Verifier, mint: Mint) -> None:
    principal = verifier.verify(mint(roles=["admin"]))
    principal.claims["roles"].append("root")
    assert principal.claims["roles"] == ["admin"]


def test_the_least_token_has_iss_aud_exp_and_sub(verifier: Verifier, mint: Mint) -> None:
    principal = verifier.verify(mint(iat=..., jti=..., client_id=..., scope=..., sid=...))
    assert principal.scopes == frozenset()
    assert principal.client_id is None


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "sub"])
@pytest.mark.compliance("RFC 9068", "2.2", "iss, exp, aud and sub are required")
def test_a_required_claim_may_not_be_missing(verifier: Verifier, mint: Mint, claim: str) -> None:
    with pytest.raises(InvalidClaimsError) as caught:
        verifier.verify(mint(**{claim: ...}))
    assert caught.value.reason == f"{claim} is missing"


@pytest.mark.parametrize(("claim", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
@pytest.mark.compliance("RFC 7519", "4.1", "each registered claim has its type")
def test_a_claim_of_the_wrong_type_is_refused(
    verifier: Verifier, mint: Mint, claim: str, value: object
) -> None:
    with pytest.raises(InvalidClaimsError):
        verifier.verify(mint(**{claim: value}))


@pytest.mark.parametrize(
    "issuer",
    [
        "https://auth.example.com/",
        "https://auth.example.co",
        "https://auth.example.com.evil.example",
        "HTTPS://auth.example.com",
        "auth.example.com",
        "",
        " https://auth.example.com",
        "https://auth.example.com\x00",
    ],
)
@pytest.mark.compliance("RFC 9068", "4", "iss must match exactly")
def test_the_issuer_is_compared_character_by_character(verifier: Verifier, mint: Mint, issuer: str) -> None:
    with pytest.raises(WrongIssuerError):
        verifier.verify(mint(iss=issuer))


@pytest.mark.parametrize(
    "audience", ["", "https://api.example.com/", "https://api", [], ["https://other.example.com"], ["h", "t"]]
)
@pytest.mark.compliance("RFC 7519", "4.1.3", "a token for another audience must be rejected")
def test_a_token_for_somebody_else_is_refused(verifier: Verifier, mint: Mint, audience: object) -> None:
    with pytest.raises(WrongAudienceError):
        verifier.verify(mint(aud=audience))


@pytest.mark.compliance("RFC 7519", "4.1.3", "aud is one string or a list of them")
def test_one_audience_in_common_is_enough(key: Key, clock: FakeClock, mint: Mint) -> None:
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk()]}, issuer=forge.ISSUER, audience=["a", "b"], clock=clock
    )
    assert verifier.verify(mint(aud=["x", "b"])).audience == ("x", "b")
    assert verifier.verify(mint(aud="a")).audience == ("a",)
    with pytest.raises(WrongAudienceError):
        verifier.verify(mint(aud=["x", "y"]))


@pytest.mark.compliance("RFC 7519", "4.1.4", "not accepted on or after exp")
def test_a_token_ends_exactly_at_exp(verifier: Verifier, mint: Mint, clock: FakeClock) -> None:
    token = mint(exp=clock.now + 10)
    clock.advance(9.999)
    verifier.verify(token)
    clock.advance(0.001)
    with pytest.raises(ExpiredTokenError):
        verifier.verify(token)


@pytest.mark.compliance("RFC 7519", "4.1.5", "not accepted before nbf")
def test_a_token_begins_exactly_at_nbf(verifier: Verifier, mint: Mint, clock: FakeClock) -> None:
    token = mint(nbf=clock.now + 10)
    clock.advance(9.999)
    with pytest.raises(NotYetValidError):
        verifier.verify(token)
    clock.advance(0.001)
    verifier.verify(token)


@pytest.mark.compliance("RFC 7519", "4.1.6", "iat tells the age of the token")
def test_a_token_from_the_future_is_refused_past_what_clocks_differ(
    verifier: Verifier, mint: Mint, clock: FakeClock
) -> None:
    verifier.verify(mint(iat=clock.now + 60))
    with pytest.raises(NotYetValidError):
        verifier.verify(mint(iat=clock.now + 61))


def test_leeway_widens_every_bound(key: Key, clock: FakeClock, mint: Mint) -> None:
    verifier = Verifier.from_jwks(
        {"keys": [key.public_jwk()]}, issuer=forge.ISSUER, audience=forge.AUDIENCE, leeway=30, clock=clock
    )
    verifier.verify(mint(exp=clock.now - 29, nbf=clock.now + 30, iat=clock.now + 90))
    with pytest.raises(ExpiredTokenError):
        verifier.verify(mint(exp=clock.now - 30))
    with pytest.raises(NotYetValidError):
        verifier.verify(mint(nbf=clock.now + 31))
    with pytest.raises(NotYetValidError):
        verifier.verify(mint(iat=clock.now + 91))


@pytest.mark.parametrize(
    "text", ["1790000000.5", "1.79e9", "1" + "0" * 300, "9" * 18, "-1", "0", "-0.0", "1e308", "-1e308"]
)
def test_any_number_json_can_write_is_compared_without_a_fault(
    verifier: Verifier, key: Key, clock: FakeClock, text: str
) -> None:
    for claim in ("exp", "nbf", "iat"):
        payload = json.dumps(forge.good_claims(clock.now, **{claim: "@"})).replace('"@"', text).encode()
        try:
            verifier.verify(forge.token(key, payload))
        except TokenError as error:
            assert error.code in {"expired", "not_yet_valid", "malformed"}  # noqa: PT017 - either outcome is right, a fault is not


@pytest.mark.compliance("RFC 7519", "2", "a NumericDate may have a fraction")
def test_a_date_with_a_fraction_is_fine(verifier: Verifier, mint: Mint, clock: FakeClock) -> None:
    verifier.verify(mint(exp=clock.now + 0.5, nbf=clock.now - 0.5, iat=clock.now - 0.25))


@pytest.mark.compliance("RFC 6750", "3.1", "insufficient_scope")
def test_a_missing_scope_is_told_with_what_was_asked_for(verifier: Verifier, mint: Mint) -> None:
    token = mint(scope="orders:read")
    verifier.verify(token, scopes=["orders:read"])
    with pytest.raises(InsufficientScopeError) as caught:
        verifier.verify(token, scopes=["orders:read", "orders:write"])
    assert caught.value.required == ("orders:read", "orders:write")
    assert "orders:write" in caught.value.reason


def test_scopes_are_whole_words(verifier: Verifier, mint: Mint) -> None:
    token = mint(scope="orders:readwrite orders  admin\torders:read")
    assert verifier.verify(token).scopes == {"orders:readwrite", "orders", "admin\torders:read"}
    with pytest.raises(InsufficientScopeError):
        verifier.verify(token, scopes="orders:read")


def test_scopes_asked_for_as_one_string_are_split(verifier: Verifier, mint: Mint) -> None:
    verifier.verify(mint(), scopes="orders:read orders:write")


def test_the_first_failure_decides(verifier: Verifier, mint: Mint) -> None:
    with pytest.raises(WrongIssuerError):
        verifier.verify(mint(iss="https://other.example", aud="other", exp=0))
