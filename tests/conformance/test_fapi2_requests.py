"""FAPI 2.0 Security Profile (final): discovery, and requests that are pushed."""

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from gatepass import Key
from gatepass_server.domain.clients import FAPI_ALGORITHMS
from tests.conformance.bank import PAR, TOKEN, Bank
from tests.conformance.suite import CALLBACK, check_token_error, error_page
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.proving import signed
from tests.support.visitor import Visitor


@pytest.fixture
def bank(house: House, person: Visitor) -> Bank:
    """The suite's first client."""
    return Bank.open(house, person)


@pytest.mark.oidf("fapi2-security-profile-final-discovery-end-point-verification")
def test_the_metadata_say_what_the_profile_asks_for(house: House) -> None:
    told = house.get("/.well-known/openid-configuration").get_json()
    assert "code" in told["response_types_supported"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["pushed_authorization_request_endpoint"] == PAR
    assert isinstance(told["require_pushed_authorization_requests"], bool)
    assert set(told["request_object_signing_alg_values_supported"]) & set(FAPI_ALGORITHMS)
    assert set(told["token_endpoint_auth_signing_alg_values_supported"]) & set(FAPI_ALGORITHMS)
    assert set(told["dpop_signing_alg_values_supported"]) & set(FAPI_ALGORITHMS)
    assert "private_key_jwt" in told["token_endpoint_auth_methods_supported"]
    assert "openid" in told["scopes_supported"]
    assert told["subject_types_supported"]
    assert told["authorization_endpoint"]


@pytest.mark.oidf("fapi2-security-profile-final-par-without-duplicate-parameters")
@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(
            {"state": None},
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-authorization-request-without-state-success"
            ),
            id="without-state",
        ),
        pytest.param(
            {"nonce": None},
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-authorization-request-without-nonce-success"
            ),
            id="without-nonce",
        ),
        pytest.param(
            {"nonce": secrets.token_hex(32)},
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-authorization-request-with-64-char-nonce-success"
            ),
            id="64-char-nonce",
        ),
        pytest.param(
            {"nonce": "n" * 384},
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-authorization-request-with-long-nonce"
            ),
            id="long-nonce",
        ),
        pytest.param(
            {"state": "s" * 1000},
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-authorization-request-with-long-state"
            ),
            id="long-state",
        ),
        pytest.param(
            {"scope": "email profile openid"},
            marks=pytest.mark.oidf("fapi2-security-profile-final-ensure-other-scope-order-succeeds"),
            id="scope-order",
        ),
    ],
)
def test_a_pushed_request_leads_to_tokens(bank: Bank, asked: dict[str, str | None]) -> None:
    bank.sign_in(**asked)


@pytest.mark.oidf("fapi2-security-profile-final-user-rejects-authentication")
def test_who_refuses_is_sent_back_with_access_denied(bank: Bank) -> None:
    answer = bank.walk(bank.send(), consent="deny")
    bank.check_error(answer, bank.request(), "access_denied")


@pytest.mark.oidf("fapi2-security-profile-final-test-claims-parameter-identity-claims")
def test_every_claim_that_is_supported_can_be_asked_for_by_name(house: House, bank: Bank) -> None:
    identity = ("name", "email", "email_verified", "preferred_username", "updated_at")
    supported = house.get("/.well-known/openid-configuration").get_json()["claims_supported"]
    assert set(identity) <= set(supported)
    forms: dict[str, Any] = {
        "name": None,
        "email": {"essential": True},
        "email_verified": {"essential": False},
        "updated_at": None,
        "preferred_username": {},
        "made_up": None,
        "another": {"value": 1},
    }
    claims = json.dumps({"id_token": forms, "userinfo": forms})
    tokens = bank.sign_in(scope="openid profile email", claims=claims)
    told = bank.check_userinfo(bank.call(tokens), tokens)
    assert set(identity) <= told.keys()
    assert set(identity) <= tokens.claims.keys()
    assert {"made_up", "another"}.isdisjoint(told.keys() | tokens.claims.keys())


def request_object(bank: Bank, **changed: str | None) -> str:
    """A signed request object."""
    now = int(bank.clock.now)
    inside = {"iss": bank.client.id, "aud": ISSUER, "exp": now + 300, "nbf": now, **bank.request(**changed)}
    return signed(bank.key, inside, typ="oauth-authz-req+jwt")


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param(
            {"nonce": "another"},
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-different-nonce-inside-and-outside-request-object"
            ),
            id="nonce",
        ),
        pytest.param(
            {"state": "another"},
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-different-state-inside-and-outside-request-object"
            ),
            id="state",
        ),
    ],
)
def test_what_stands_outside_the_request_object_counts_for_nothing(
    bank: Bank, beside: dict[str, str]
) -> None:
    form = {**bank.proved(), "request": request_object(bank)}
    pushed = bank.house.client.post("/oauth2/par", data=form)
    assert pushed.status_code == 201, pushed.text
    answer = bank.walk(bank.bring(pushed.get_json()["request_uri"], **beside))
    bank.check_answer(answer, bank.request())
    bank.redeem(answer)


@pytest.mark.oidf("fapi2-security-profile-final-state-only-outside-request-object-not-used")
def test_a_state_that_stands_outside_alone_is_not_returned(bank: Bank) -> None:
    form = {**bank.proved(), "request": request_object(bank, state=None)}
    uri = bank.house.client.post("/oauth2/par", data=form).get_json()["request_uri"]
    answer = bank.walk(bank.bring(uri, state="outside"))
    bank.check_answer(answer, bank.request(state=None))


@pytest.mark.oidf("fapi2-security-profile-final-ensure-request-object-without-redirect-uri-fails")
def test_a_request_object_names_its_redirect_uri(bank: Bank) -> None:
    form = {**bank.proved(), "request": request_object(bank, redirect_uri=None), "redirect_uri": CALLBACK}
    check_token_error(bank.house.client.post("/oauth2/par", data=form), "invalid_request")


OTHER = f"{CALLBACK}/not-registered"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param(
            {"redirect_uri": OTHER},
            "invalid_request",
            marks=[
                pytest.mark.oidf("fapi2-security-profile-final-ensure-registered-redirect-uri"),
                pytest.mark.oidf(
                    "fapi2-security-profile-final-plain-fapi-tolerate-unregistered-redirect-uri"
                ),
            ],
            id="unregistered",
        ),
        pytest.param(
            {"redirect_uri": None},
            "invalid_request",
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-redirect-uri-in-authorization-request"
            ),
            id="no-redirect-uri",
        ),
        pytest.param(
            {"response_type": "code id_token"},
            "unsupported_response_type",
            marks=pytest.mark.oidf("fapi2-security-profile-final-ensure-response-type-code-idtoken-fails"),
            id="code-idtoken",
        ),
        pytest.param(
            {"response_type": "token"},
            "unsupported_response_type",
            marks=pytest.mark.oidf("fapi2-security-profile-final-ensure-response-type-token-fails"),
            id="token",
        ),
        pytest.param(
            {"request_uri": "urn:ietf:params:oauth:request_uri:made-up"},
            "invalid_request",
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-par-authorization-request-containing-request_uri-form-param"
            ),
            id="request_uri",
        ),
        pytest.param(
            {"code_challenge": None, "code_challenge_method": None},
            "invalid_request",
            marks=pytest.mark.oidf("fapi2-security-profile-final-par-ensure-pkce-required"),
            id="no-pkce",
        ),
        pytest.param(
            {"code_challenge_method": "plain"},
            "invalid_request",
            marks=pytest.mark.oidf("fapi2-security-profile-final-par-plain-pkce-rejected"),
            id="plain",
        ),
    ],
)
def test_a_request_that_does_not_hold_cannot_be_pushed(
    bank: Bank, changed: dict[str, str | None], code: str
) -> None:
    check_token_error(bank.push(**changed), code)


@pytest.mark.parametrize(
    ("audience", "ahead"),
    [
        pytest.param(
            [ISSUER],
            0,
            marks=pytest.mark.oidf("fapi2-security-profile-final-par-test-array-as-audience-fails"),
            id="array",
        ),
        pytest.param(
            PAR,
            0,
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-par-test-par-endpoint-url-as-audience-fails"
            ),
            id="par",
        ),
        pytest.param(
            TOKEN,
            0,
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-par-test-token-endpoint-url-as-audience-fails"
            ),
            id="token",
        ),
        pytest.param(
            ISSUER,
            70,
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails"
            ),
            id="from-the-future",
        ),
    ],
)
def test_an_assertion_that_does_not_hold_pushes_nothing(bank: Bank, audience: object, ahead: int) -> None:
    at = int(bank.clock.now) + ahead
    text = bank.assertion(aud=audience, iat=at, nbf=at, exp=at + 60)
    check_token_error(bank.push(by=text), "invalid_client")


@pytest.mark.oidf(
    "fapi2-security-profile-final-par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted"
)
def test_a_clock_may_be_8_seconds_ahead(bank: Bank) -> None:
    at = int(bank.clock.now) + 8
    assert bank.push(by=bank.assertion(nbf=at, iat=at, exp=at + 60)).status_code == 201


@pytest.mark.oidf("fapi2-security-profile-final-par-attempt-invalid-http-method")
def test_a_request_is_pushed_by_post_alone(house: House) -> None:
    for method in ("GET", "PUT"):
        assert house.client.open("/oauth2/par", method=method).status_code == 405


@pytest.mark.oidf(
    "fapi2-security-profile-final-ensure-unsigned-authorization-request-without-using-par-fails"
)
def test_a_request_in_the_address_is_refused(bank: Bank) -> None:
    answer = bank.walk(super(Bank, bank).send())
    bank.check_error(answer, bank.request(), "invalid_request")


@pytest.mark.oidf(
    "fapi2-security-profile-final-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds"
)
def test_a_visit_that_leads_to_no_answer_uses_nothing_up(bank: Bank) -> None:
    uri = bank.pushed()
    bank.bring(uri)
    answer = bank.walk(bank.bring(uri))
    bank.check_answer(answer, bank.request())
    bank.redeem(answer)


@pytest.mark.oidf("fapi2-security-profile-final-par-attempt-reuse-request_uri")
def test_a_request_that_was_answered_is_not_answered_again(bank: Bank) -> None:
    uri = bank.pushed()
    bank.redeem(bank.walk(bank.bring(uri)))
    assert "invalid_request_uri" in error_page(bank.bring(uri))


@pytest.mark.oidf("fapi2-security-profile-final-par-attempt-to-use-expired-request_uri")
def test_a_request_that_was_pushed_too_long_ago_is_not_answered(bank: Bank, clock: FakeClock) -> None:
    response = bank.push().get_json()
    clock.advance(response["expires_in"])
    assert "invalid_request_uri" in error_page(bank.bring(response["request_uri"]))


@pytest.mark.oidf("fapi2-security-profile-final-par-attempt-to-use-request_uri-for-different-client")
def test_a_request_of_another_client_is_not_answered(bank: Bank, house: House, person: Visitor) -> None:
    uri = bank.pushed()
    assert "invalid_request_uri" in error_page(Bank.open(house, person).bring(uri))


def bound_by_name(bank: Bank) -> dict[str, str]:
    """The key is named in the request."""
    return {"dpop_jkt": bank.proof_key.thumbprint}


def bound_by_proof(bank: Bank) -> dict[str, str]:
    """The key is proved as the request is pushed."""
    return {"proof": bank.proof(PAR)}


@pytest.mark.parametrize(
    "binding",
    [
        pytest.param(
            bound_by_name,
            marks=[
                pytest.mark.oidf("fapi2-security-profile-final-ensure-dpop-auth-code-binding-success"),
                pytest.mark.oidf(
                    "fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-jkt"
                ),
            ],
            id="name",
        ),
        pytest.param(
            bound_by_proof,
            marks=[
                pytest.mark.oidf(
                    "fapi2-security-profile-final-ensure-dpopproof-at-par-endpoint-binding-success"
                ),
                pytest.mark.oidf(
                    "fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt"
                ),
            ],
            id="proof",
        ),
    ],
)
def test_a_code_is_bound_to_the_key_that_was_named_or_proved(
    bank: Bank, binding: Callable[[Bank], dict[str, str]]
) -> None:
    answer = bank.walk(bank.bring(bank.pushed(**binding(bank))))
    stranger = bank.proof(TOKEN, key=Key.generate("ES256"))
    check_token_error(bank.present(answer, proof=stranger), "invalid_grant", "invalid_dpop_proof")
    bank.redeem(bank.walk(bank.bring(bank.pushed(**binding(bank)))))


@pytest.mark.oidf("fapi2-security-profile-final-ensure-mismatched-dpop-jkt-fails")
def test_a_request_does_not_name_one_key_and_prove_another(bank: Bank) -> None:
    other = Key.generate("ES256").thumbprint
    check_token_error(
        bank.push(proof=bank.proof(PAR), dpop_jkt=other), "invalid_dpop_proof", "invalid_request"
    )
