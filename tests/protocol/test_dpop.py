"""Tokens that are bound to a key of the program (RFC 9449)."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gatepass import Verifier
from gatepass.dpop import make_proof
from tests.dpop.proofs import good_claims, good_header, sign
from tests.support.clock import FakeClock
from tests.support.house import ISSUER, House
from tests.support.proving import (
    OTHER_KEY,
    PAR_URL,
    PROOF_KEY,
    TOKEN_URL,
    KeyedParty,
    error_of,
    keyed,
    with_keys,
)
from tests.support.relying_party import RelyingParty, answered, sign_in

USERINFO = f"{ISSUER}/oauth2/userinfo"
INVALID = (400, "invalid_dpop_proof")
PUBLIC = with_keys(
    token_endpoint_auth_method="none",
    grant_types=("authorization_code", "refresh_token"),
)


@pytest.fixture
def bank(house: House) -> KeyedParty:
    return keyed(house)


def code_form(party: KeyedParty, **changed: str | None) -> dict[str, Any]:
    uri = party.client.metadata.redirect_uris[0]
    named = {} if not party.client.is_public else {"client_id": party.id}
    return {
        "grant_type": "authorization_code",
        "code": party.code(**changed),
        "redirect_uri": uri,
        "code_verifier": party.verifier,
        **named,
    }


def redeemed(party: KeyedParty, proof: str | None, **changed: str | None) -> TestResponse:
    return party.token(auth=not party.client.is_public, proof=proof, **code_form(party, **changed))


def refreshed(party: KeyedParty, token: str, proof: str | None) -> TestResponse:
    named = {"client_id": party.id} if party.client.is_public else {}
    form: dict[str, Any] = {"grant_type": "refresh_token", "refresh_token": token, **named}
    return party.token(auth=not party.client.is_public, proof=proof, **form)


def ask_userinfo(
    party: KeyedParty, token: str, *, scheme: str = "DPoP", proof: str | None = None
) -> TestResponse:
    headers = {"Authorization": f"{scheme} {token}", **({} if proof is None else {"DPoP": proof})}
    return party.house.client.get("/oauth2/userinfo", headers=headers)


def own_proof(party: KeyedParty, token: str, **changed: Any) -> str:
    given = {"method": "GET", "url": USERINFO, "token": token, "clock": party.clock, **changed}
    return make_proof(given.pop("key", PROOF_KEY), **given)


@pytest.mark.compliance(
    "RFC 9449", "5", "a proof at the token endpoint binds the tokens, and token_type says so"
)
@pytest.mark.compliance("RFC 9449", "6.1", "cnf.jkt names the key")
@pytest.mark.compliance("RFC 9449", "7.1", "a bound token is presented with a proof")
def test_tokens_are_bound_to_the_key_of_the_proof(bank: KeyedParty, house: House, clock: FakeClock) -> None:
    response = redeemed(bank, bank.prove())
    assert response.status_code == 200, response.text
    tokens = response.get_json()
    assert tokens["token_type"] == "DPoP"
    token = tokens["access_token"]
    keys = house.get("/.well-known/jwks.json").get_json()
    verifier = Verifier.from_jwks(keys, issuer=ISSUER, audience=ISSUER, clock=clock, status=None)
    principal = verifier.verify(token, confirmed={"jkt": PROOF_KEY.thumbprint})
    assert principal.claims["cnf"] == {"jkt": PROOF_KEY.thumbprint}

    assert ask_userinfo(bank, token, proof=own_proof(bank, token)).status_code == 200
    proof = own_proof(bank, token)
    assert ask_userinfo(bank, token, proof=proof).status_code == 200
    for refused in (
        ask_userinfo(bank, token, proof=proof),
        ask_userinfo(bank, token),
        ask_userinfo(bank, token, scheme="Bearer"),
        ask_userinfo(bank, token, scheme="Bearer", proof=own_proof(bank, token)),
        ask_userinfo(bank, token, proof=own_proof(bank, token, key=OTHER_KEY)),
        ask_userinfo(bank, token, proof=own_proof(bank, token, method="POST")),
        ask_userinfo(bank, token, proof=own_proof(bank, token, url=f"{ISSUER}/me")),
        ask_userinfo(bank, token, proof=own_proof(bank, "another.token.text")),
        ask_userinfo(bank, token, proof=own_proof(bank, token, clock=lambda: clock() - 120)),
        ask_userinfo(bank, token, proof=bank.prove()),
    ):
        assert refused.status_code == 401
        assert any(value.startswith("DPoP ") for value in refused.headers.getlist("WWW-Authenticate"))


@pytest.mark.compliance("RFC 9449", "4.3", "the rules by which a proof is judged, at the token endpoint")
def test_a_proof_that_is_not_in_order_is_refused(bank: KeyedParty, clock: FakeClock) -> None:
    code = code_form(bank)
    now = clock()

    def made(header: dict[str, Any] | None = None, **claims: Any) -> str:
        given = {"htm": "POST", "htu": TOKEN_URL, "ath": ..., "jti": f"p{next(numbers)}", **claims}
        return sign(PROOF_KEY, good_header(PROOF_KEY, **(header or {})), good_claims(now, **given))

    numbers = iter(range(1000))
    private = PROOF_KEY.native.as_dict(private=True)
    for proof in (
        made(htm="GET"),
        made(htm="post"),
        made(htm=...),
        made(htu="https://evil.example/oauth2/token"),
        made(htu=PAR_URL),
        made(htu=f"{ISSUER}/oauth2/token/"),
        made(htu="http://localhost/oauth2/token"),
        made(htu=...),
        made(iat=int(now) - 61),
        made(iat=int(now) + 60),
        made(iat=...),
        made(exp=int(now) - 60),
        made(nbf=int(now) + 60),
        made(jti=...),
        made({"typ": "JWT"}),
        made({"typ": "at+jwt"}),
        made({"alg": "none"}),
        made({"alg": "HS256"}),
        made({"jwk": ...}),
        made({"jwk": private}),
        made({"jwk": OTHER_KEY.public().public_jwk("ES256")}),
        made()[:-4] + "AAAA",
        f"{made()}, {made()}",
        "nonsense",
    ):
        response = bank.token(proof=proof, **code)
        assert error_of(response) == INVALID, proof
    twice = bank.house.client.post(
        "/oauth2/token", data={**bank.proved(), **code}, headers=[("DPoP", made()), ("DPoP", made())]
    )
    assert error_of(twice) == INVALID
    # None of it has spent the code.
    assert bank.token(proof=made(htu=f"{TOKEN_URL}?query#fragment"), **code).status_code == 200


@pytest.mark.compliance("RFC 9449", "11.1", "a proof is good once, in every process")
def test_a_proof_is_good_once(bank: KeyedParty, open_house: Callable[..., House]) -> None:
    proof = bank.prove()
    assert bank.token(proof=proof, grant_type="client_credentials").status_code == 200
    assert error_of(bank.token(proof=proof, grant_type="client_credentials")) == INVALID
    elsewhere = KeyedParty(open_house(), bank.client, None)
    assert error_of(elsewhere.token(proof=proof, grant_type="client_credentials")) == INVALID


@pytest.mark.compliance("RFC 9449", "10", "a code that was asked for with dpop_jkt is redeemed with that key")
def test_a_code_is_bound_to_the_key_that_the_request_named(bank: KeyedParty) -> None:
    jkt = PROOF_KEY.thumbprint
    code = code_form(bank, dpop_jkt=jkt)
    assert error_of(bank.token(**code)) == (400, "invalid_grant")
    assert error_of(bank.token(proof=bank.prove(OTHER_KEY), **code)) == (400, "invalid_grant")
    assert bank.token(proof=bank.prove(), **code).get_json()["token_type"] == "DPoP"
    assert answered(bank.authorize(dpop_jkt="short"))["error"] == "invalid_request"


@pytest.mark.compliance("RFC 9449", "10.1", "a proof at the pushed request binds the code to its key")
def test_a_code_is_bound_to_the_key_of_the_pushed_request(bank: KeyedParty) -> None:
    def form(uri: str) -> dict[str, Any]:
        code = answered(bank.consent_to(bank.bring(uri)))["code"]
        return {**code_form(bank), "code": code}

    at_par: dict[str, Any] = {"url": PAR_URL}
    code = form(bank.pushed(proof=bank.prove(**at_par)))
    assert error_of(bank.token(proof=bank.prove(OTHER_KEY), **code)) == (400, "invalid_grant")
    assert bank.token(proof=bank.prove(), **code).status_code == 200
    both = bank.push(proof=bank.prove(**at_par), dpop_jkt=PROOF_KEY.thumbprint)
    assert both.status_code == 201
    apart = bank.push(proof=bank.prove(**at_par), dpop_jkt=OTHER_KEY.thumbprint)
    assert error_of(apart) == INVALID
    assert error_of(bank.push(proof=bank.prove())) == INVALID  # made for the token endpoint


@pytest.mark.compliance("RFC 9449", "5", "the refresh tokens of public clients are bound to the key")
def test_a_public_program_refreshes_with_its_key_alone(house: House) -> None:
    phone = keyed(house, PUBLIC)
    tokens = redeemed(phone, phone.prove()).get_json()
    for proof in (None, phone.prove(OTHER_KEY)):
        assert error_of(refreshed(phone, tokens["refresh_token"], proof)) == (400, "invalid_grant")
    again = refreshed(phone, tokens["refresh_token"], phone.prove())
    assert again.get_json()["token_type"] == "DPoP"
    # One that was not bound stays as it was, and what it buys is bound where a key is shown.
    plain = redeemed(phone, None).get_json()
    assert plain["token_type"] == "Bearer"
    bound = refreshed(phone, plain["refresh_token"], phone.prove()).get_json()
    assert bound["token_type"] == "DPoP"
    assert refreshed(phone, bound["refresh_token"], None).get_json()["token_type"] == "Bearer"


@pytest.mark.compliance(
    "RFC 9449", "5", "those of confidential clients are bound to the client, which may change keys"
)
def test_a_confidential_program_may_refresh_with_another_key_and_not_without_one(bank: KeyedParty) -> None:
    tokens = redeemed(bank, bank.prove()).get_json()
    assert error_of(refreshed(bank, tokens["refresh_token"], None)) == (400, "invalid_grant")
    again = refreshed(bank, tokens["refresh_token"], bank.prove(OTHER_KEY))
    assert again.status_code == 200, again.text
    token = again.get_json()["access_token"]
    assert ask_userinfo(bank, token, proof=own_proof(bank, token, key=OTHER_KEY)).status_code == 200
    assert ask_userinfo(bank, token, proof=own_proof(bank, token)).status_code == 401


@pytest.mark.compliance("RFC 9449", "5.2", "dpop_bound_access_tokens: no token without a proof")
def test_a_program_can_be_held_to_bound_tokens(house: House) -> None:
    bank = keyed(house, with_keys(dpop_bound_access_tokens=True))
    code = code_form(bank)
    assert error_of(bank.token(**code)) == INVALID
    assert error_of(bank.token(grant_type="client_credentials")) == INVALID
    tokens = bank.token(proof=bank.prove(), **code).get_json()
    assert error_of(refreshed(bank, tokens["refresh_token"], None)) == INVALID
    own = bank.token(proof=bank.prove(), grant_type="client_credentials").get_json()
    assert own["token_type"] == "DPoP"


@pytest.mark.compliance("RFC 9449", "8", "use_dpop_nonce, and the nonce in DPoP-Nonce")
@pytest.mark.compliance("RFC 9449", "9", "the same at protected resources")
def test_proofs_can_be_held_to_nonces(open_house: Callable[..., House], clock: FakeClock) -> None:
    house = open_house(require_dpop_nonce=True)
    sign_in(house)
    bank = keyed(house)
    form: dict[str, Any] = {"grant_type": "client_credentials"}

    def told(response: TestResponse) -> str:
        assert error_of(response) == (400, "use_dpop_nonce")
        return response.headers["DPoP-Nonce"]

    nonce = told(bank.token(proof=bank.prove(), **form))
    assert told(bank.token(proof=bank.prove(nonce="guessed"), **form))
    elsewhere = KeyedParty(open_house(require_dpop_nonce=True), bank.client, None)
    answer = elsewhere.token(proof=bank.prove(nonce=nonce), **form)
    assert answer.status_code == 200
    assert answer.headers["DPoP-Nonce"]
    assert told(bank.push(proof=bank.prove(url=PAR_URL)))
    assert bank.push(proof=bank.prove(url=PAR_URL, nonce=nonce)).status_code == 201
    token = redeemed(bank, bank.prove(nonce=nonce)).get_json()["access_token"]
    asked = ask_userinfo(bank, token, proof=own_proof(bank, token))
    assert asked.status_code == 401
    assert 'error="use_dpop_nonce"' in ", ".join(asked.headers.getlist("WWW-Authenticate"))
    fresh = asked.headers["DPoP-Nonce"]
    assert ask_userinfo(bank, token, proof=own_proof(bank, token, nonce=fresh)).status_code == 200
    clock.advance(300)
    assert told(bank.token(proof=bank.prove(nonce=nonce), **form)) != nonce


def test_one_program_alone_can_be_held_to_nonces(house: House) -> None:
    bank = keyed(house, with_keys(require_dpop_nonce=True))
    response = bank.token(proof=bank.prove(), grant_type="client_credentials")
    assert error_of(response) == (400, "use_dpop_nonce")
    other = keyed(house)
    assert other.token(proof=other.prove(), grant_type="client_credentials").status_code == 200


@pytest.mark.compliance("RFC 9449", "6.2", "introspection tells of the binding")
def test_introspection_tells_what_a_token_is_bound_to(
    bank: KeyedParty, app: RelyingParty, house: House
) -> None:
    opaque = keyed(house, with_keys(access_token_format="opaque"), name="Opaque")
    for party in (bank, opaque):
        token = redeemed(party, party.prove()).get_json()["access_token"]
        for _ in ("read anew", "remembered"):
            asked = house.client.post("/oauth2/introspect", data={"token": token}, headers=app.basic())
            told = asked.get_json()
            assert (told["active"], told["token_type"]) == (True, "DPoP")
            assert told["cnf"] == {"jkt": PROOF_KEY.thumbprint}
        assert ask_userinfo(party, token, proof=own_proof(party, token)).status_code == 200
        assert ask_userinfo(party, token, scheme="Bearer").status_code == 401


@pytest.mark.compliance("RFC 9449", "5.1", "the algorithms of proofs are told")
def test_discovery_tells_the_algorithms_of_proofs(house: House) -> None:
    told = house.get("/.well-known/openid-configuration").get_json()
    assert "ES256" in told["dpop_signing_alg_values_supported"]
    assert not {"none", "HS256"} & set(told["dpop_signing_alg_values_supported"])
