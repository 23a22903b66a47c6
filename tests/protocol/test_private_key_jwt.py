"""Programs that prove who they are by an assertion that they sign."""

from collections.abc import Callable
from typing import Any

import pytest

from gatepass import Key
from gatepass_server.domain.client_rules import check_metadata
from gatepass_server.domain.errors import InvalidInput
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here
from tests.support.proving import (
    KEY,
    OTHER_KEY,
    PAR_URL,
    TOKEN_URL,
    KeyedParty,
    error_of,
    keyed,
    signed,
    tampered,
    with_keys,
)

OTHER_AUDIENCES: list[Any] = [
    TOKEN_URL,
    PAR_URL,
    [ISSUER],
    [ISSUER, "https://evil.example"],
    [TOKEN_URL, ISSUER],
    f"{ISSUER}/",
    ISSUER.upper(),
    "https://evil.example",
    "",
    None,
    ...,
    {"issuer": ISSUER},
]
LACKING: list[dict[str, Any]] = [
    {"iss": ...},
    {"iss": "https://evil.example"},
    {"sub": ...},
    {"sub": "somebody"},
    {"sub": 7},
    {"exp": ...},
    {"exp": "soon"},
    {"exp": True},
    {"jti": ...},
    {"jti": ""},
    {"jti": 7},
    {"iat": "now"},
]


@pytest.fixture
def bank(house: House) -> KeyedParty:
    return keyed(house)


def at(claim: str, moment: int) -> dict[str, Any]:
    return {claim: moment}


def ask(bank: KeyedParty, text: str, **form: str) -> tuple[int, str]:
    response = bank.token(auth=False, grant_type="client_credentials", **bank.proved(text), **form)
    body = response.get_json()
    return response.status_code, body.get("error", "")


@pytest.mark.compliance("RFC 7523", "3", "a client authenticates by an assertion signed with its own key")
@pytest.mark.compliance("OIDC Core", "9", "private_key_jwt")
def test_a_program_signs_in_and_refreshes_with_assertions(bank: KeyedParty) -> None:
    tokens = bank.tokens()
    again = bank.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert again.status_code == 200, again.text


@pytest.mark.compliance("RFC 7523", "3", "a client_id beside the assertion names the same client")
def test_the_client_may_be_named_beside_its_assertion_and_not_another(bank: KeyedParty, house: House) -> None:
    assert ask(bank, bank.assertion(), client_id=bank.id)[0] == 200
    assert ask(bank, bank.assertion(), client_id=keyed(house, name="Other").id) == (400, "invalid_request")


@pytest.mark.compliance("RFC 7523", "3", "aud identifies the authorization server")
@pytest.mark.compliance(
    "FAPI 2.0 Security Profile", "5.3.2.1", "the issuer as one string is the only audience"
)
def test_an_assertion_for_anything_but_the_issuer_alone_is_refused(bank: KeyedParty) -> None:
    for audience in OTHER_AUDIENCES:
        assert ask(bank, bank.assertion(aud=audience)) == (401, "invalid_client"), audience
    assert ask(bank, bank.assertion())[0] == 200


@pytest.mark.advisory("mosip/esignet#2418 (eSignet: the jti of an assertion was never looked at)")
@pytest.mark.compliance("RFC 7523", "3", "an assertion is good once (jti)")
def test_an_assertion_is_good_once_whatever_process_saw_it(
    bank: KeyedParty, open_house: Callable[..., House], clock: FakeClock
) -> None:
    text = bank.assertion()
    assert ask(bank, text)[0] == 200
    assert ask(bank, text) == (401, "invalid_client")
    elsewhere = KeyedParty(open_house(), bank.client, None)
    assert ask(elsewhere, text) == (401, "invalid_client")
    clock.advance(59)
    assert ask(bank, text) == (401, "invalid_client")
    clock.advance(30)
    assert ask(bank, text) == (401, "invalid_client")


def test_the_same_jti_of_another_program_is_another_assertion(bank: KeyedParty, house: House) -> None:
    other = keyed(house, with_keys(OTHER_KEY), name="Other", key=OTHER_KEY)
    assert ask(bank, bank.assertion(jti="one"))[0] == 200
    assert ask(other, other.assertion(jti="one"))[0] == 200


@pytest.mark.compliance("RFC 7523", "3", "exp is there and has not come; nbf and iat are of now")
def test_an_assertion_out_of_its_time_is_refused(bank: KeyedParty, clock: FakeClock) -> None:
    off = [
        ("exp", -11),
        ("exp", -300),
        ("exp", 620),
        ("exp", 10**30),
        ("nbf", 61),
        ("iat", 61),
        ("iat", 3600),
    ]
    for claim, seconds in off:
        text = bank.assertion(**at(claim, int(clock()) + seconds))
        assert ask(bank, text) == (401, "invalid_client"), (claim, seconds)


@pytest.mark.compliance(
    "FAPI 2.0 Security Profile", "5.3.2.1", "nbf and iat up to 10 seconds ahead are accepted"
)
def test_a_clock_that_is_a_little_ahead_is_forgiven(bank: KeyedParty, clock: FakeClock) -> None:
    ahead = int(clock()) + 10
    assert ask(bank, bank.assertion(nbf=ahead, iat=ahead))[0] == 200
    assert ask(bank, bank.assertion(exp=int(clock()) + 600))[0] == 200


@pytest.mark.compliance("RFC 7523", "3", "iss and sub are the client, exp and jti are there")
def test_an_assertion_that_lacks_a_claim_is_refused(bank: KeyedParty) -> None:
    for changed in LACKING:
        assert ask(bank, bank.assertion(**changed)) == (401, "invalid_client"), changed


@pytest.mark.compliance("RFC 8725", "3.11", "a token of another kind is no client assertion")
def test_a_token_of_another_kind_is_no_assertion(bank: KeyedParty) -> None:
    for typ in ("at+jwt", "application/at+jwt", "dpop+jwt", "logout+jwt", "oauth-authz-req+jwt", 7, ""):
        assert ask(bank, bank.assertion(header={"typ": typ})) == (401, "invalid_client"), typ


def test_the_type_of_an_assertion_may_be_told_or_left_out(bank: KeyedParty) -> None:
    for typ in ("JWT", "jwt", "client-authentication+jwt", "application/client-authentication+jwt", ...):
        assert ask(bank, bank.assertion(header={"typ": typ}))[0] == 200, typ


@pytest.mark.compliance("RFC 9101", "10.8", "a request object that somebody saw is no client assertion")
def test_a_request_object_is_no_assertion(bank: KeyedParty) -> None:
    text = bank.request_object(claims={"sub": bank.id, "jti": "seen"}, header={"typ": "JWT"})
    assert ask(bank, text) == (401, "invalid_client")


@pytest.mark.compliance("RFC 7523", "3", "the signature is that of the client's key")
def test_an_assertion_signed_with_another_key_is_refused(bank: KeyedParty, house: House) -> None:
    keyed(house, with_keys(OTHER_KEY), name="Other", key=OTHER_KEY)
    assert ask(bank, bank.assertion(key=OTHER_KEY)) == (401, "invalid_client")
    assert ask(bank, bank.assertion(key=OTHER_KEY, header={"kid": KEY.kid})) == (401, "invalid_client")
    assert ask(bank, tampered(bank.assertion())) == (401, "invalid_client")


@pytest.mark.advisory("CVE-2026-11800 (Keycloak: alg confusion with assertions)")
@pytest.mark.advisory("CVE-2026-16093 (Keycloak: an unsigned client assertion counted)")
@pytest.mark.compliance("RFC 8725", "3.1", "an assertion is signed, and never with a secret")
def test_an_unsigned_assertion_and_one_signed_with_a_secret_are_refused(bank: KeyedParty) -> None:
    for alg in ("none", "None", "HS256", "", None):
        assert ask(bank, bank.assertion(header={"alg": alg})) == (401, "invalid_client"), alg
        head, _, _ = bank.assertion(header={"alg": alg}).rpartition(".")
        assert ask(bank, f"{head}.") == (401, "invalid_client"), alg


@pytest.mark.compliance("RFC 7515", "4.1.3", "a key in the header is never looked at")
def test_a_key_in_the_header_is_not_believed(bank: KeyedParty) -> None:
    jwk = OTHER_KEY.public().public_jwk("ES256")
    header = {"jwk": jwk, "jku": "https://evil.example/jwks.json", "kid": ...}
    assert ask(bank, bank.assertion(key=OTHER_KEY, header=header)) == (401, "invalid_client")


@pytest.mark.compliance("OIDC Registration", "2", "token_endpoint_auth_signing_alg names the only algorithm")
def test_another_algorithm_than_the_registered_one_is_refused(house: House) -> None:
    rsa = Key.generate("PS256")
    bank = keyed(house, with_keys(KEY, rsa, token_endpoint_auth_signing_alg="PS256"))
    assert ask(bank, bank.assertion()) == (401, "invalid_client")
    assert ask(bank, bank.assertion(key=rsa))[0] == 200


@pytest.mark.compliance("RFC 6749", "2.3", "a client authenticates in one way in each request")
def test_an_assertion_and_a_secret_at_once_are_refused(bank: KeyedParty) -> None:
    assert ask(bank, bank.assertion(), client_id=bank.id, client_secret="x") == (400, "invalid_request")


@pytest.mark.compliance("RFC 6749", "2.3", "a client authenticates in the way that it is registered with")
def test_a_program_with_a_key_cannot_be_named_without_it(bank: KeyedParty) -> None:
    response = bank.token(auth=False, grant_type="client_credentials", client_id=bank.id)
    assert error_of(response) == (401, "invalid_client")
    public = keyed(
        bank.house, with_keys(token_endpoint_auth_method="none", grant_types=("authorization_code",))
    )
    assert ask(public, public.assertion()) == (401, "invalid_client")


def test_what_is_no_assertion_is_refused(bank: KeyedParty) -> None:
    right = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    for form in (
        {"client_assertion": "x"},
        {"client_assertion_type": right.replace("jwt", "saml2"), "client_assertion": bank.assertion()},
        {"client_assertion_type": right},
        {"client_assertion_type": right, "client_assertion": "a.b.c"},
    ):
        response = bank.token(auth=False, grant_type="client_credentials", client_id=bank.id, **form)
        assert error_of(response) == (401, "invalid_client"), form


def test_hostile_assertions_are_refused_politely(bank: KeyedParty) -> None:
    nested = b'{"sub":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    for text in (
        signed(KEY, nested),
        signed(KEY, b"[]"),
        signed(KEY, b"\xff"),
        signed(KEY, {"sub": "\ud800"}),
        "." * 5_000,
        "é.é.é",
        bank.assertion(header={"crit": ["exp"]}),
        bank.assertion(header={"kid": 7}),
        bank.assertion(exp=1e308),
        bank.assertion(jti="\ud800"),
    ):
        assert ask(bank, text)[0] in {401, 200}


@pytest.mark.compliance("RFC 7591", "2", "a client with keys registers them, and public ones alone")
def test_a_program_cannot_be_registered_with_keys_that_make_no_sense() -> None:
    private = dict(KEY.native.as_dict(private=True))
    senseless: list[dict[str, Any]] = [
        {"jwks": None},
        {"jwks": {"keys": []}},
        {"jwks": {"keys": "none"}},
        {"jwks": {"keys": [private]}},
        {"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}},
        {"jwks_uri": "https://bank.example.com/jwks.json"},
        {"token_endpoint_auth_signing_alg": "none"},
        {"token_endpoint_auth_signing_alg": "HS256"},
        {"request_object_signing_alg": "none"},
        {"request_uris": ("http://bank.example.com/request.jwt",)},
    ]
    for changed in senseless:
        with pytest.raises(InvalidInput):
            check_metadata(with_keys(**changed))


@pytest.mark.compliance(
    "OIDC Discovery", "3", "the algorithms of assertions are told, and none is not among them"
)
def test_discovery_tells_how_to_sign(house: House) -> None:
    told = house.get("/.well-known/openid-configuration").get_json()
    assert "private_key_jwt" in told["token_endpoint_auth_methods_supported"]
    supported = told["token_endpoint_auth_signing_alg_values_supported"]
    assert "ES256" in supported
    assert not {"none", "HS256"} & set(supported)
