"""A program that is held to the FAPI 2.0 Security Profile: what it can do, and what nobody can do in its name."""

from collections.abc import Callable
from typing import Any

import pytest

from gatepass import Key
from gatepass_server.domain.client_rules import check_metadata
from gatepass_server.domain.errors import InvalidInput
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.proving import (
    KEY,
    OTHER_KEY,
    PAR_URL,
    Certificate,
    KeyedParty,
    error_of,
    jwks,
    keyed,
    with_keys,
)
from tests.support.relying_party import answered, sign_in

FAPI = "FAPI 2.0 Security Profile"
RSA = Key.generate("RS256")
PROFILE: dict[str, Any] = {
    "security_profile": "fapi2",
    "dpop_bound_access_tokens": True,
    "id_token_signed_response_alg": "ES256",
    "access_token_signed_response_alg": "ES256",
}


@pytest.fixture
def bank(house: House) -> KeyedParty:
    return keyed(house, with_keys(KEY, RSA, **PROFILE))


def code_form(party: KeyedParty, request_uri: str) -> dict[str, Any]:
    answer = answered(party.consent_to(party.bring(request_uri)))
    assert answer["iss"] == ISSUER
    return {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": party.client.metadata.redirect_uris[0],
        "code_verifier": party.verifier,
    }


@pytest.mark.compliance(FAPI, "5.3.2.2", "PAR, PKCE, iss in the response, codes of a minute at most")
@pytest.mark.compliance(
    FAPI, "5.3.2.1", "tokens bound by DPoP, to clients that authenticate by private_key_jwt"
)
def test_a_program_of_the_profile_gets_bound_tokens(bank: KeyedParty, clock: FakeClock) -> None:
    form = code_form(bank, bank.pushed())
    assert error_of(bank.token(**form)) == (400, "invalid_dpop_proof")
    tokens = bank.token(proof=bank.prove(), **form).get_json()
    assert tokens["token_type"] == "DPoP"
    again = bank.token(proof=bank.prove(), grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert again.status_code == 200
    late = code_form(bank, bank.pushed())
    clock.advance(60)
    assert error_of(bank.token(proof=bank.prove(), **late)) == (400, "invalid_grant")


@pytest.mark.compliance(FAPI, "5.3.2.2", "requests that were not pushed are refused")
@pytest.mark.compliance(FAPI, "5.3.2.2", "a pushed request names its redirect_uri")
def test_requests_of_the_profile_are_pushed(bank: KeyedParty) -> None:
    assert answered(bank.authorize())["error"] == "invalid_request"
    query = {"client_id": bank.id, "request": bank.request_object()}
    assert bank.house.client.get("/oauth2/authorize", query_string=query).status_code == 400
    for changed in (
        {"redirect_uri": None, "scope": "profile"},
        {"code_challenge": None},
        {"response_type": "code id_token"},
    ):
        assert bank.push(**changed).status_code == 400


@pytest.mark.compliance(FAPI, "5.4.1", "PS256, ES256 and EdDSA sign, and nothing else")
def test_weaker_algorithms_are_refused(bank: KeyedParty) -> None:
    weak = bank.proved(bank.assertion(key=RSA))
    assert error_of(bank.push(auth=weak)) == (401, "invalid_client")
    form = {**bank.proved(), "request": bank.request_object(key=RSA)}
    assert error_of(bank.house.client.post("/oauth2/par", data=form)) == (400, "invalid_request_object")
    proof = bank.prove(RSA, url=PAR_URL)
    assert error_of(bank.push(proof=proof)) == (400, "invalid_dpop_proof")


@pytest.mark.compliance(
    "FAPI 2.0 Message Signing", "5.3.1", "request objects have nbf and exp, an hour apart at most"
)
def test_request_objects_of_the_profile_are_of_now(bank: KeyedParty, clock: FakeClock) -> None:
    now = int(clock())
    for claims in ({"exp": ...}, {"nbf": ...}, {"exp": now + 3700}, {"nbf": now - 3700, "exp": now + 60}):
        form = {**bank.proved(), "request": bank.request_object(claims=claims)}
        response = bank.house.client.post("/oauth2/par", data=form)
        assert error_of(response) == (400, "invalid_request_object"), claims
    form = {**bank.proved(), "request": bank.request_object(claims={"nbf": now + 8})}
    assert bank.house.client.post("/oauth2/par", data=form).status_code == 201


@pytest.mark.compliance(FAPI, "5.3.2.1", "mutual TLS instead: client and tokens by the certificate")
def test_a_program_of_the_profile_may_use_certificates(open_house: Callable[..., House]) -> None:
    house = open_house(trusted_proxies=1, client_certificate_header="Client-Cert")
    sign_in(house)
    certificate = Certificate.make(dns="bank.example.com")
    party = keyed(
        house,
        with_keys(
            security_profile="fapi2",
            jwks=None,
            token_endpoint_auth_method="tls_client_auth",
            tls_client_auth_san_dns="bank.example.com",
            tls_client_certificate_bound_access_tokens=True,
            id_token_signed_response_alg="ES256",
            access_token_signed_response_alg="ES256",
        ),
    )
    shown = {"Client-Cert": certificate.rfc9440}
    pushed = house.client.post("/oauth2/par", data=party.parameters(), headers=shown)
    assert pushed.status_code == 201, pushed.text
    form = {**code_form(party, pushed.get_json()["request_uri"]), "client_id": party.id}
    token = house.client.post("/oauth2/token", data=form, headers=shown).get_json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert house.client.get("/oauth2/userinfo", headers={**bearer, **shown}).status_code == 200
    assert house.client.get("/oauth2/userinfo", headers=bearer).status_code == 401


@pytest.mark.compliance(FAPI, "5.3.2.1", "a client that does not fit the profile cannot be registered for it")
def test_a_program_that_does_not_fit_is_not_registered() -> None:
    check_metadata(with_keys(**PROFILE))
    for changed in (
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "none", "grant_types": ("authorization_code",)},
        {"dpop_bound_access_tokens": False},
        {"require_pkce": False},
        {"token_endpoint_auth_signing_alg": "RS256"},
        {"request_object_signing_alg": "ES384"},
        {"id_token_signed_response_alg": ""},
        {"id_token_signed_response_alg": "RS256"},
        {"access_token_signed_response_alg": "RS256"},
        {"access_token_signed_response_alg": ""},
        {"userinfo_signed_response_alg": "RS256"},
    ):
        given: dict[str, Any] = {**PROFILE, **changed}
        with pytest.raises(InvalidInput):
            check_metadata(with_keys(**given))


def test_the_key_of_another_program_opens_nothing(bank: KeyedParty, house: House) -> None:
    thief = keyed(house, with_keys(OTHER_KEY, **PROFILE), name="Thief", key=OTHER_KEY)
    uri = bank.pushed()
    assert thief.bring(uri).status_code == 400
    form = code_form(bank, uri)
    assert error_of(thief.token(proof=thief.prove(OTHER_KEY), **form)) == (400, "invalid_grant")
    assert bank.token(proof=bank.prove(), **form).status_code == 200
    assert jwks(KEY) != jwks(OTHER_KEY)
