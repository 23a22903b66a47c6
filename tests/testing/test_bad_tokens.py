"""Every kind of bad token is bad in just the way that its name says."""

from typing import Any

import jwt as pyjwt
import pytest

from gatepass import TokenError
from gatepass.testing import BAD_TOKENS, FakeIssuer

STATE_OF_THE_WORLD = frozenset({"missing_token", "revoked", "status_unavailable", "keys_unavailable"})
"""Codes that no token has by itself."""

ISSUERS = {alg: FakeIssuer(alg=alg) for alg in ("ES256", "EdDSA")}


@pytest.fixture(params=ISSUERS)
def issuer(request: pytest.FixtureRequest) -> FakeIssuer:
    return ISSUERS[request.param]


@pytest.mark.parametrize("leeway", [0, 3600])
@pytest.mark.parametrize("name", BAD_TOKENS)
def test_it_is_refused_with_the_code_that_is_promised_whatever_the_leeway(
    issuer: FakeIssuer, name: str, leeway: int
) -> None:
    bad = issuer.bad_token(name)
    with pytest.raises(TokenError) as caught:
        issuer.verifier(leeway=leeway).verify(bad.token)
    assert caught.value.code == bad.code == BAD_TOKENS[name]


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_it_is_right_in_every_other_way(issuer: FakeIssuer, name: str) -> None:
    bad = issuer.bad_token(name)
    findings = issuer.verifier().explain(bad.token).findings
    wrong = {finding.name for finding in findings if not finding.passed}
    # A signature is not looked at once the header is refused: that is told as a finding of the same code.
    assert len(wrong - {"signature"}) <= 1
    assert {finding.code for finding in findings if not finding.passed} == {bad.code}


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("wrong_type", ""),
        ("without_typ", ""),
        ("expired", "verify_exp"),
        ("not_yet_valid", "verify_nbf"),
        ("wrong_issuer", "verify_iss"),
        ("wrong_audience", "verify_aud"),
        ("odd_expiry", "verify_exp"),
        ("without_iss", "verify_iss"),
        ("without_aud", "verify_aud"),
        ("without_sub", ""),
        ("without_exp", "verify_exp"),
    ],
)
def test_a_verifier_of_somebody_else_finds_its_signature_right_and_no_other_fault(
    issuer: FakeIssuer, name: str, option: str
) -> None:
    key: Any = pyjwt.PyJWK(issuer.jwks()["keys"][0], "EdDSA" if issuer.alg == "EdDSA" else None)
    options: Any = {option: False} if option else {}
    pyjwt.decode(
        issuer.bad_token(name).token, key, [issuer.alg], options, audience=issuer.audience, issuer=issuer.name
    )


def test_there_is_one_for_every_code_that_a_token_can_have_by_itself() -> None:
    made_here = set(BAD_TOKENS.values())
    assert made_here >= {
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
    }
    assert made_here.isdisjoint(STATE_OF_THE_WORLD)


def test_all_of_them_are_made_in_one_go_and_none_changes_the_issuer(issuer: FakeIssuer) -> None:
    before = issuer.jwks()
    assert {bad.name: bad.code for bad in issuer.bad_tokens()} == BAD_TOKENS
    assert issuer.jwks() == before
    issuer.verifier().verify(issuer.token())


def test_a_bad_token_shows_its_name_and_its_fault_and_not_itself(issuer: FakeIssuer) -> None:
    bad = issuer.bad_token("forged")
    assert str(bad) == "forged"
    assert bad.token not in repr(bad)
    assert bad.headers == {"Authorization": f"Bearer {bad.token}"}
    assert bad.sentence.endswith(".")
    with pytest.raises(ValueError, match="no bad token 'forgd'; there are no_token, "):
        issuer.bad_token("forgd")


def test_a_token_that_lacks_a_scope_is_good_and_grants_too_little(issuer: FakeIssuer) -> None:
    with pytest.raises(TokenError) as caught:
        issuer.verifier().verify(issuer.token(scopes=["orders:read"]), scopes=["orders:write"])
    assert caught.value.code == "insufficient_scope"
