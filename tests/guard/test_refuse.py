"""What a request that is not let in is answered (RFC 6750, RFC 9449, RFC 9470, RFC 9728)."""

import logging

import pytest

from gatepass import (
    ExpiredTokenError,
    InsufficientAuthenticationError,
    InsufficientScopeError,
    InvalidProofError,
    KeysUnavailableError,
    MissingTokenError,
    ProofRequiredError,
    StatusUnavailableError,
    TokenError,
    UseNonceError,
)
from gatepass.bearer import AmbiguousRequestError, Challenges, Scheme, checked_realm, refuse

PLACE = "https://api.test/.well-known/oauth-protected-resource"
BOTH = Challenges(dpop_algorithms=("ES256", "EdDSA"))
ONLY_DPOP = Challenges(dpop_algorithms=("ES256",), bearer=False)


def challenges(
    error: TokenError | AmbiguousRequestError,
    said: Challenges = Challenges(),  # noqa: B008 - it cannot be changed
    used: Scheme = "Bearer",
) -> list[str]:
    return [value for name, value in refuse(error, said, used=used).headers if name == "WWW-Authenticate"]


@pytest.mark.compliance(
    "RFC 6750", "3", "a challenge with realm and without an error where nothing was presented"
)
def test_a_missing_token_is_asked_for() -> None:
    answer = refuse(MissingTokenError(), Challenges(realm="Orders"))
    assert (answer.status, answer.message) == (401, "Token is missing")
    assert answer.headers == [("WWW-Authenticate", 'Bearer realm="Orders"')]
    assert challenges(MissingTokenError()) == ["Bearer"]


@pytest.mark.compliance("RFC 6750", "3.1", "invalid_token, whatever is wrong with it")
def test_every_bad_token_gets_the_same_answer() -> None:
    kinds = TokenError.__subclasses__()
    plain = [kind for kind in kinds if refuse(kind("why")).message == "Token is invalid"]
    assert len(plain) > 10
    for kind in plain:
        assert refuse(kind("why")) == refuse(ExpiredTokenError("why"))
    assert challenges(ExpiredTokenError("why")) == ['Bearer error="invalid_token"']


@pytest.mark.compliance("RFC 6750", "3.1", "insufficient_scope is 403 and may name what is needed")
def test_a_missing_scope_is_named() -> None:
    answer = refuse(InsufficientScopeError("why", required=("a", "b")))
    assert answer.status == 403
    assert answer.headers == [("WWW-Authenticate", 'Bearer error="insufficient_scope", scope="a b"')]
    assert challenges(InsufficientScopeError()) == ['Bearer error="insufficient_scope"']


def test_a_scope_that_a_check_took_from_a_request_adds_nothing_to_the_challenge() -> None:
    for scope in ('x", realm="y', "a\r\nSet-Cookie: b", "a\\", "é"):
        error = InsufficientScopeError("why", required=("a", scope))
        assert challenges(error) == ['Bearer error="insufficient_scope", scope="a"']
        weak = InsufficientAuthenticationError("why", acr_values=(scope, "mfa"))
        assert challenges(weak) == ['Bearer error="insufficient_user_authentication", acr_values="mfa"']


@pytest.mark.compliance("RFC 9470", "3", "insufficient_user_authentication with acr_values and max_age")
@pytest.mark.parametrize(
    ("acr_values", "max_age", "told"),
    [
        (("mfa", "hwk"), None, 'acr_values="mfa hwk"'),
        ((), 60, 'max_age="60"'),
        ((), 0, 'max_age="0"'),
        (("mfa",), 5, 'acr_values="mfa", max_age="5"'),
    ],
)
def test_a_stronger_sign_in_is_asked_for(acr_values: tuple[str, ...], max_age: int | None, told: str) -> None:
    error = InsufficientAuthenticationError("why", acr_values=acr_values, max_age=max_age)
    assert refuse(error).status == 401
    assert challenges(error) == [f'Bearer error="insufficient_user_authentication", {told}']


@pytest.mark.compliance("RFC 9728", "5.1", "resource_metadata in every challenge")
@pytest.mark.parametrize(
    "said", [Challenges(resource_metadata=PLACE), Challenges(resource_metadata=PLACE, realm="r")]
)
def test_every_challenge_leads_to_the_metadata_document(said: Challenges) -> None:
    for error in (
        MissingTokenError(),
        ExpiredTokenError(),
        InsufficientScopeError(required=("a",)),
        InsufficientAuthenticationError(max_age=1),
        AmbiguousRequestError("why"),
    ):
        (challenge,) = challenges(error, said)
        assert f'resource_metadata="{PLACE}"' in challenge


@pytest.mark.compliance(
    "RFC 9449", "7.1", "a challenge of each scheme; the error belongs to the one that was used"
)
def test_where_proofs_are_accepted_both_schemes_are_offered() -> None:
    algorithms = 'algs="ES256 EdDSA"'
    assert challenges(MissingTokenError(), BOTH) == ["Bearer", f"DPoP {algorithms}"]
    assert challenges(ExpiredTokenError(), BOTH) == ['Bearer error="invalid_token"', f"DPoP {algorithms}"]
    by_proof = challenges(ExpiredTokenError(), BOTH, "DPoP")
    assert by_proof == ["Bearer", f'DPoP error="invalid_token", {algorithms}']


@pytest.mark.compliance(
    "RFC 9449", "7.1", "error and scope stand in the DPoP challenge where it is the only one"
)
def test_where_only_proofs_are_accepted_the_other_scheme_is_not_offered() -> None:
    assert challenges(ProofRequiredError(), ONLY_DPOP) == ['DPoP error="invalid_token", algs="ES256"']
    lacking = challenges(InsufficientScopeError(required=("a",)), ONLY_DPOP, "DPoP")
    assert lacking == ['DPoP error="insufficient_scope", scope="a", algs="ES256"']


@pytest.mark.compliance("RFC 9449", "9", "use_dpop_nonce, and the nonce in DPoP-Nonce")
def test_a_nonce_is_handed_over() -> None:
    answer = refuse(UseNonceError("why", nonce="n-1"), BOTH, used="DPoP")
    assert answer.status == 401
    assert ("DPoP-Nonce", "n-1") in answer.headers
    assert challenges(UseNonceError(nonce="n"), BOTH)[1].startswith('DPoP error="use_dpop_nonce"')
    assert challenges(InvalidProofError(), BOTH)[1].startswith('DPoP error="invalid_dpop_proof"')


@pytest.mark.compliance("RFC 6750", "3.1", "invalid_request is 400")
def test_several_tokens_are_a_bad_request() -> None:
    answer = refuse(AmbiguousRequestError("why"))
    assert (answer.status, answer.headers) == (400, [("WWW-Authenticate", 'Bearer error="invalid_request"')])


@pytest.mark.compliance("RFC 9110", "15.6.4", "503 may say when to try again")
@pytest.mark.parametrize("kind", [KeysUnavailableError, StatusUnavailableError])
def test_what_cannot_be_checked_is_neither_good_nor_bad(
    kind: type[KeysUnavailableError | StatusUnavailableError],
) -> None:
    answer = refuse(kind("why", retry_after=7), BOTH)
    assert (answer.status, answer.headers) == (503, [("Retry-After", "7")])


def test_reasons_reach_the_log_and_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gatepass")
    for error in (
        ExpiredTokenError("secret-reason"),
        InsufficientScopeError("secret-reason", required=("a",)),
        InvalidProofError("secret-reason"),
        KeysUnavailableError("secret-reason"),
        AmbiguousRequestError("secret-reason"),
    ):
        assert "secret-reason" not in str(refuse(error, BOTH))
    assert [record.levelname for record in caplog.records] == ["INFO", "INFO", "INFO", "WARNING", "INFO"]
    assert caplog.text.count("secret-reason") == 5


def test_a_missing_token_is_worth_no_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Anybody can send such requests, as many as they like."""
    caplog.set_level(logging.INFO, "gatepass")
    refuse(MissingTokenError())
    assert caplog.records == []


@pytest.mark.parametrize("realm", ['a"b', "a\\b", "a\nb", "a\x7f", "é"])
def test_a_realm_that_cannot_be_quoted_is_refused(realm: str) -> None:
    with pytest.raises(ValueError, match="realm"):
        checked_realm(realm)
    assert checked_realm("Orders, and more") == "Orders, and more"
    assert checked_realm(None) is None
