"""FAPI 2.0 Security Profile (final): tokens, and the keys that they are bound to."""

import base64
import hashlib
from typing import Any

import pytest

from gatepass import Key
from tests.conformance.bank import PAR, TOKEN, USERINFO, Bank
from tests.conformance.suite import check_token_error
from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.relying_party import rsa_key
from tests.support.visitor import Visitor


@pytest.fixture
def bank(house: House, person: Visitor) -> Bank:
    """The suite's first client."""
    return Bank.open(house, person)


@pytest.fixture
def other(house: House, person: Visitor) -> Bank:
    """The suite's second client."""
    return Bank.open(house, person)


@pytest.mark.oidf("fapi2-security-profile-final-happy-flow")
def test_two_clients_sign_people_in_with_tokens_that_only_they_can_use(bank: Bank, other: Bank) -> None:
    for client in (bank, other):
        tokens = client.sign_in()
        assert tokens.header["alg"] == "ES256"
        client.check_userinfo(client.call(tokens), tokens)
        assert client.call(tokens, scheme="Bearer").status_code == 401
        assert client.house.get(f"/oauth2/userinfo?access_token={tokens.access}").status_code == 401
    stolen = bank.sign_in()
    theirs = other.proof(USERINFO, method="GET", token=stolen.access)
    assert bank.call(stolen, proof=theirs).status_code == 401


@pytest.mark.oidf("fapi2-security-profile-final-access-token-type-header-case-sensitivity")
@pytest.mark.parametrize("scheme", ["dpop", "DPOP", "dPoP"])
def test_the_scheme_may_be_written_in_any_case(bank: Bank, scheme: str) -> None:
    assert bank.call(bank.sign_in(), scheme=scheme).status_code == 200


@pytest.mark.parametrize(
    "ahead",
    [
        pytest.param(
            -10,
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-before-succeeds"
            ),
            id="before",
        ),
        pytest.param(
            10,
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-dpopproof-with-iat-10seconds-after-succeeds"
            ),
            id="after",
        ),
    ],
)
def test_the_clock_of_who_proves_may_be_10_seconds_off(bank: Bank, ahead: int) -> None:
    uri = bank.pushed(proof=bank.proof(PAR, ahead=ahead))
    answer = bank.walk(bank.bring(uri))
    response = bank.present(answer, proof=bank.proof(TOKEN, ahead=ahead))
    tokens = bank.check_tokens(response, bank.request()["nonce"])
    proof = bank.proof(USERINFO, method="GET", token=tokens.access, ahead=ahead)
    assert bank.call(tokens, proof=proof).status_code == 200


@pytest.mark.oidf("fapi2-security-profile-final-check-dpop-proof-nbf-exp")
def test_a_proof_may_say_from_when_until_when_it_holds(bank: Bank) -> None:
    now = int(bank.clock.now)
    proof = bank.odd_proof(TOKEN, nbf=now, exp=now + 60)
    assert bank.present(bank.authorize(), proof=proof).status_code == 200


@pytest.mark.oidf("fapi2-security-profile-final-ensure-holder-of-key-required")
def test_a_code_buys_nothing_without_a_proof(bank: Bank) -> None:
    response = bank.present(bank.authorize(), proof="")
    check_token_error(response, "invalid_request", "invalid_dpop_proof", "invalid_grant")


@pytest.mark.oidf("fapi2-security-profile-final-ensure-client-id-in-token-endpoint")
def test_an_assertion_and_a_client_id_name_the_same_client(bank: Bank, other: Bank) -> None:
    response = bank.present(bank.authorize(), client_id=other.client.id)
    check_token_error(response, "invalid_client", "invalid_request")


@pytest.mark.oidf("fapi2-security-profile-final-ensure-authorization-code-is-bound-to-client")
def test_a_code_of_another_client_buys_nothing(bank: Bank, other: Bank) -> None:
    check_token_error(other.present(bank.authorize()), "invalid_grant")


@pytest.mark.oidf("fapi2-security-profile-final-attempt-reuse-authorization-code-after-one-second")
def test_a_code_that_comes_again_ends_what_came_of_it(bank: Bank, clock: FakeClock) -> None:
    answer = bank.authorize()
    tokens = bank.redeem(answer)
    clock.advance(1)
    check_token_error(bank.present(answer), "invalid_grant")
    assert bank.call(tokens).status_code == 401


@pytest.mark.oidf("fapi2-security-profile-final-ensure-token-endpoint-fails-with-expired-auth-code")
def test_a_code_lives_for_a_minute_at_most(bank: Bank, clock: FakeClock) -> None:
    answer = bank.authorize()
    clock.advance(61)
    check_token_error(bank.present(answer), "invalid_grant")


@pytest.mark.parametrize(
    "verifier",
    [
        pytest.param(
            None,
            marks=pytest.mark.oidf("fapi2-security-profile-final-ensure-pkce-code-verifier-required"),
            id="none",
        ),
        pytest.param(
            "w" * 43,
            marks=pytest.mark.oidf("fapi2-security-profile-final-incorrect-pkce-code-verifier-rejected"),
            id="wrong",
        ),
    ],
)
def test_a_code_needs_its_verifier(bank: Bank, verifier: str | None) -> None:
    check_token_error(bank.present(bank.authorize(), verifier=verifier), "invalid_grant")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            {"exp": -300},
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-client-assertion-with-exp-is-5-minutes-in-past-fails"
            ),
            id="expired",
        ),
        pytest.param(
            {"aud": "https://other-as.example.com"},
            marks=pytest.mark.oidf(
                "fapi2-security-profile-final-ensure-client-assertion-with-wrong-aud-fails"
            ),
            id="wrong-aud",
        ),
        pytest.param(
            {"sub": ...},
            marks=pytest.mark.oidf("fapi2-security-profile-final-ensure-client-assertion-with-no-sub-fails"),
            id="no-sub",
        ),
    ],
)
def test_an_assertion_that_does_not_hold_buys_nothing(bank: Bank, changed: dict[str, Any]) -> None:
    if "exp" in changed:
        changed = {"exp": int(bank.clock.now) + changed["exp"]}
    text = bank.assertion(**changed)
    check_token_error(bank.present(bank.authorize(), by=text), "invalid_client")


@pytest.mark.oidf("fapi2-security-profile-final-ensure-signed-client-assertion-with-RS256-fails")
def test_an_assertion_signed_with_rs256_buys_nothing(house: House, person: Visitor) -> None:
    bank = Bank.open(house, person, rsa_key())
    text = bank.assertion(key=rsa_key())
    check_token_error(bank.present(bank.authorize(), by=text), "invalid_client")


@pytest.mark.oidf("fapi2-security-profile-final-ensure-client-assertion-in-token-endpoint")
def test_a_code_buys_nothing_without_an_assertion(bank: Bank) -> None:
    response = bank.present(bank.authorize(), by="", client_id=bank.client.id)
    check_token_error(response, "invalid_client", "invalid_request")


@pytest.mark.oidf("fapi2-security-profile-final-refresh-token")
def test_a_refresh_token_stays_good_for_its_client_alone(bank: Bank, other: Bank, clock: FakeClock) -> None:
    first = bank.sign_in(scope="openid offline_access")
    form = {"grant_type": "refresh_token", "refresh_token": first.body["refresh_token"]}
    assert all("\x20" <= character <= "\x7e" for character in form["refresh_token"])
    check_token_error(bank.ask_for_tokens(by="", **form), "invalid_client", "invalid_request")
    check_token_error(
        bank.ask_for_tokens(proof="", **form), "invalid_dpop_proof", "invalid_grant", "invalid_request"
    )
    check_token_error(other.ask_for_tokens(**form), "invalid_grant")
    for _ in range(3):
        clock.advance(600)
        second = bank.check_tokens(bank.ask_for_tokens(**form), None)
        assert second.body.get("refresh_token", form["refresh_token"]) == form["refresh_token"]
        assert second.claims["sub"] == first.claims["sub"]
        bank.check_userinfo(bank.call(second), second)


ODD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another method": ({}, {"htm": "POST"}),
    "another address": ({}, {"htu": TOKEN}),
    "no method": ({}, {"htm": ...}),
    "no address": ({}, {"htu": ...}),
    "no jti": ({}, {"jti": ...}),
    "no iat": ({}, {"iat": ...}),
    "no ath": ({}, {"ath": ...}),
    "another token": ({}, {"ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"}),
    "old": ({}, {"iat": -3600}),
    "from the future": ({}, {"iat": 3600}),
    "another type": ({"typ": "JWT"}, {}),
    "no type": ({"typ": ...}, {}),
    "no key": ({"jwk": ...}, {}),
    "unsigned": ({"alg": "none"}, {}),
    "another algorithm": ({"alg": "HS256"}, {}),
}


@pytest.mark.oidf("fapi2-security-profile-final-dpop-negative-tests")
def test_a_proof_that_does_not_hold_opens_nothing_and_a_good_one_does_once(bank: Bank) -> None:
    tokens = bank.sign_in()
    usual = bank.odd_proof(USERINFO, htm="GET", ath=ath(tokens.access))
    assert bank.call(tokens, proof=usual).status_code == 200
    assert bank.call(tokens, proof=usual).status_code == 401, "replayed"
    assert bank.call(tokens, proof="").status_code == 401
    assert bank.call(tokens, proof=f"{bank.odd_proof(USERINFO)[:-9]}AAAAAAAAA").status_code == 401
    stranger = bank.proof(USERINFO, method="GET", token=tokens.access, key=Key.generate("ES256"))
    assert bank.call(tokens, proof=stranger).status_code == 401
    for name, (header, claims) in ODD.items():
        if isinstance(claims.get("iat"), int):
            claims = {"iat": int(bank.clock.now) + claims["iat"]}  # noqa: PLW2901 - a moment, by its distance from now
        given = {"htm": "GET", "ath": ath(tokens.access), **claims}
        assert bank.call(tokens, proof=bank.odd_proof(USERINFO, header=header, **given)).status_code == 401, (
            name
        )


def ath(token: str) -> str:
    """The hash of a token (RFC 9449 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
