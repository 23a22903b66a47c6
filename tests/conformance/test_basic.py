"""Basic OP, and Form Post Basic OP: the modules about what is asked for and what is told."""

import base64
import hashlib
import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from msgspec import structs
from werkzeug.test import TestResponse

from tests.conformance.conftest import BOTH_MODES
from tests.conformance.suite import PLAIN, Program, check_token_error, error_page
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, House

pytestmark = BOTH_MODES
VERIFIER = "dBjftJeZ4CVP-mBtPT5vbHrhaWGnw9rRqfLmS_W_0vQ"


@pytest.mark.oidf("oidcc-server")
def test_a_happy_flow_gives_only_what_was_asked_for(program: Program) -> None:
    tokens = program.sign_in()
    usual = {"iss", "sub", "aud", "exp", "iat", "auth_time", "amr", "acr", "sid", "at_hash", "nonce"}
    assert tokens.claims.keys() == usual
    assert program.userinfo(tokens).keys() == {"sub"}


@pytest.mark.oidf("oidcc-response-type-missing")
def test_a_request_without_response_type_is_told_so(program: Program) -> None:
    program.refused("invalid_request", "unsupported_response_type", response_type=None)


@pytest.mark.oidf("oidcc-idtoken-signature")
def test_an_id_token_is_signed_with_rs256_by_a_named_key(program: Program) -> None:
    header = program.sign_in().header
    assert header["alg"] == "RS256"
    assert header["kid"]


@pytest.mark.oidf("oidcc-userinfo-get")
def test_userinfo_answers_get(program: Program) -> None:
    program.userinfo(program.sign_in())


@pytest.mark.oidf("oidcc-userinfo-post-header")
def test_userinfo_answers_post_with_the_token_in_the_header(house: House, program: Program) -> None:
    tokens = program.sign_in()
    headers = {"Authorization": f"Bearer {tokens.access}"}
    program.check_userinfo(house.client.post("/oauth2/userinfo", headers=headers), tokens)


@pytest.mark.oidf("oidcc-userinfo-post-body")
def test_userinfo_answers_post_with_the_token_in_the_body(house: House, program: Program) -> None:
    tokens = program.sign_in()
    form = {"access_token": tokens.access}
    program.check_userinfo(house.client.post("/oauth2/userinfo", data=form), tokens)


@pytest.mark.oidf("oidcc-ensure-request-without-nonce-succeeds-for-code-flow")
def test_a_code_request_needs_no_nonce(program: Program) -> None:
    answer = program.authorize(nonce=None, code_challenge=challenge(), code_challenge_method="S256")
    assert "nonce" not in program.redeem(answer, nonce=None, verifier=VERIFIER).claims


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        pytest.param(
            "openid profile",
            {"name", "updated_at"},
            marks=pytest.mark.oidf("oidcc-scope-profile"),
            id="profile",
        ),
        pytest.param(
            "openid email",
            {"email", "email_verified", "preferred_username"},
            marks=pytest.mark.oidf("oidcc-scope-email"),
            id="email",
        ),
    ],
)
def test_a_scope_stands_for_claims_at_userinfo_and_not_in_the_id_token(
    program: Program, scope: str, told: set[str]
) -> None:
    tokens = program.sign_in(scope=scope)
    assert program.userinfo(tokens).keys() - {"preferred_username"} == {"sub"} | told - {"preferred_username"}
    assert tokens.claims.keys().isdisjoint(told)


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param("openid address", marks=pytest.mark.oidf("oidcc-scope-address"), id="address"),
        pytest.param("openid phone", marks=pytest.mark.oidf("oidcc-scope-phone"), id="phone"),
        pytest.param(
            "openid address email phone profile", marks=pytest.mark.oidf("oidcc-scope-all"), id="all"
        ),
    ],
)
def test_a_scope_of_which_nothing_is_known_is_ignored_and_the_answer_says_so(
    program: Program, scope: str
) -> None:
    tokens = program.sign_in(scope=scope)
    assert {"address", "phone"}.isdisjoint(tokens.body["scope"].split())
    assert {"address", "phone_number"}.isdisjoint(program.userinfo(tokens))


@pytest.mark.oidf("oidcc-alternate-happy-flow")
def test_neither_scopes_nor_parameters_have_an_order(program: Program) -> None:
    asked = program.request(scope="offline_access email profile openid")
    query = urlencode(list(asked.items())[::-1])
    answer = program.walk(program.person.get(f"/oauth2/authorize?{query}"))
    program.check_answer(answer, asked)
    assert set(program.redeem(answer).body["scope"].split()) == set(asked["scope"].split())


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"display": "page"}, marks=pytest.mark.oidf("oidcc-display-page"), id="display-page"),
        pytest.param({"display": "popup"}, marks=pytest.mark.oidf("oidcc-display-popup"), id="display-popup"),
        pytest.param(
            {"extra": "foobar"},
            marks=pytest.mark.oidf("oidcc-ensure-request-with-unknown-parameter-succeeds"),
            id="unknown",
        ),
        pytest.param({"login_hint": EMAIL}, marks=pytest.mark.oidf("oidcc-login-hint"), id="login_hint"),
        pytest.param({"ui_locales": "se"}, marks=pytest.mark.oidf("oidcc-ui-locales"), id="ui_locales"),
        pytest.param(
            {"claims_locales": "se"}, marks=pytest.mark.oidf("oidcc-claims-locales"), id="claims_locales"
        ),
    ],
)
def test_a_parameter_that_may_be_ignored_causes_no_error(program: Program, asked: dict[str, str]) -> None:
    answer = program.authorize(**asked)
    assert "/sign-in" in answer.asked
    program.redeem(answer)


@pytest.mark.oidf("oidcc-ensure-request-with-acr-values-succeeds")
def test_an_acr_that_is_supported_is_returned(house: House, program: Program) -> None:
    supported = house.get("/.well-known/openid-configuration").get_json()["acr_values_supported"]
    assert program.sign_in(acr_values=" ".join(supported)).claims["acr"] in supported


@pytest.mark.oidf("oidcc-codereuse")
def test_a_code_that_is_presented_twice_is_refused(program: Program) -> None:
    answer = program.authorize()
    program.redeem(answer)
    check_token_error(again(program, answer.parameters["code"]), "invalid_grant")


@pytest.mark.oidf("oidcc-codereuse-30seconds")
def test_a_code_that_comes_again_later_ends_what_came_of_it(
    house: House, program: Program, clock: FakeClock
) -> None:
    answer = program.authorize()
    tokens = program.redeem(answer)
    clock.advance(30)
    check_token_error(again(program, answer.parameters["code"]), "invalid_grant")
    assert house.get("/oauth2/userinfo", tokens.access).status_code == 401


@pytest.mark.oidf("oidcc-ensure-registered-redirect-uri")
def test_nobody_is_sent_to_an_address_that_is_not_registered(program: Program) -> None:
    page = error_page(program.send(redirect_uri="https://suite.example.com/test/a/gatepass/callback/other"))
    assert "redirect_uri" in page


@pytest.mark.oidf("oidcc-ensure-post-request-succeeds")
def test_a_request_may_be_posted(program: Program) -> None:
    answer = program.walk(program.post())
    program.check_answer(answer, program.request())
    program.redeem(answer)


@pytest.mark.oidf("oidcc-server-client-secret-post")
def test_a_secret_may_stand_in_the_body(register: Callable[..., Program]) -> None:
    register(structs.replace(PLAIN, token_endpoint_auth_method="client_secret_post")).sign_in()


@pytest.mark.oidf("oidcc-claims-essential")
def test_a_claim_may_be_asked_for_by_name(program: Program) -> None:
    tokens = program.sign_in(claims=json.dumps({"userinfo": {"name": {"essential": True}}}))
    assert program.userinfo(tokens)["name"] == "Ann"
    assert "name" not in tokens.claims


@pytest.mark.oidf("oidcc-refresh-token")
def test_a_refresh_token_is_bound_to_its_client_and_its_id_token_to_the_first(
    program: Program, register: Callable[..., Program], clock: FakeClock
) -> None:
    first = program.sign_in(scope="openid offline_access")
    refresh_token = first.body["refresh_token"]
    assert all("\x20" <= character <= "\x7e" for character in refresh_token)
    other = register()
    check_token_error(other.token(grant_type="refresh_token", refresh_token=refresh_token), "invalid_grant")
    clock.advance(61)
    second = program.check_tokens(
        program.token(grant_type="refresh_token", refresh_token=refresh_token), nonce=None
    )
    kept = ("iss", "sub", "aud", "auth_time", "sid")
    assert [first.claims[name] for name in kept] == [second.claims[name] for name in kept]
    assert second.claims["iat"] > first.claims["iat"]
    assert second.access != first.access
    program.userinfo(second)


@pytest.mark.oidf("oidcc-ensure-request-with-valid-pkce-succeeds")
def test_pkce_is_welcome(program: Program) -> None:
    answer = program.authorize(code_challenge=challenge(), code_challenge_method="S256")
    program.redeem(answer, verifier=VERIFIER)


def again(program: Program, code: str) -> TestResponse:
    """Present a code once more."""
    return program.token(
        grant_type="authorization_code", code=code, redirect_uri=program.client.metadata.redirect_uris[0]
    )


def challenge() -> str:
    """S256 of the verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
