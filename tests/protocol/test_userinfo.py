"""``/oauth2/userinfo``: how a token is presented, what is told, and what a refusal looks like."""

import pytest
from joserfc import jwk, jwt
from msgspec import structs

from gatepass_server.domain.audit import AT_TERMINAL
from tests.support.house import EMAIL, ISSUER, House
from tests.support.relying_party import API, USUAL, RelyingParty

PATH = "/oauth2/userinfo"
WITH_GROUPS = structs.replace(USUAL, scope="openid profile email groups", id_token_claims=True)


@pytest.mark.compliance(
    "OIDC Core", "5.3.1", "a token is presented by GET or POST, in the header or in the body"
)
def test_a_token_is_taken_by_get_and_by_post(house: House, app: RelyingParty) -> None:
    token = app.tokens()["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    answers = [
        house.client.get(PATH, headers=header),
        house.client.post(PATH, headers=header),
        house.client.post(PATH, data={"access_token": token}),
        house.client.post(PATH, data={"access_token": token, "junk": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].headers["Cache-Control"] == "no-store"


@pytest.mark.compliance(
    "RFC 6750", "2.2", "a token in the body comes with a form by POST, and never in the query"
)
def test_a_token_elsewhere_is_not_looked_at(house: House, app: RelyingParty) -> None:
    token = app.tokens()["access_token"]
    answers = [
        house.client.get(f"{PATH}?access_token={token}"),
        house.client.post(f"{PATH}?access_token={token}"),
        house.client.post(PATH, json={"access_token": token}),
        house.client.post(PATH, data={"access_token": token}, content_type="multipart/form-data"),
        house.client.get(PATH, data={"access_token": token}),
    ]
    assert [answer.status_code for answer in answers] == [401] * 5


@pytest.mark.compliance(
    "RFC 6750", "3.1", "a refusal says why in WWW-Authenticate, but where no token was sent"
)
def test_a_refusal_is_a_challenge(house: House, app: RelyingParty) -> None:
    missing = house.client.get(PATH)
    assert (missing.status_code, missing.headers["WWW-Authenticate"]) == (401, "Bearer")
    for bad in (house.get(PATH, "x"), house.client.post(PATH, data={"access_token": "x"})):
        assert bad.status_code == 401
        assert 'error="invalid_token"' in bad.headers["WWW-Authenticate"]
    app.tokens()
    lacking = house.get(PATH, app.tokens(scope="profile", nonce=None)["access_token"])
    assert lacking.status_code == 403
    assert 'error="insufficient_scope"' in lacking.headers["WWW-Authenticate"]
    twice = house.client.post(PATH, data={"access_token": "x"}, headers={"Authorization": "Bearer y"})
    assert twice.status_code == 400
    assert 'error="invalid_request"' in twice.headers["WWW-Authenticate"]


def test_a_cookie_is_no_token(house: House) -> None:
    assert house.browser().current is not None
    assert house.client.get(PATH).status_code == 401


def test_a_token_for_an_api_is_that_apis(house: House) -> None:
    app = RelyingParty.of(house, structs.replace(USUAL, resources=(API, ISSUER)))
    assert house.get(PATH, app.tokens(resource=API)["access_token"]).status_code == 401
    assert house.get(PATH, app.tokens(resource=ISSUER)["access_token"]).status_code == 200


@pytest.mark.compliance("OIDC Core", "5.3.2", "the answer is signed for a client that is registered so")
def test_an_answer_is_signed_for_who_wants_it(house: House) -> None:
    app = RelyingParty.of(house, structs.replace(USUAL, userinfo_signed_response_alg="ES256"))
    tokens = app.tokens()
    answer = house.get(PATH, tokens["access_token"])
    assert answer.headers["Content-Type"] == "application/jwt"
    keys = jwk.KeySet.import_key_set(house.get("/.well-known/jwks.json").get_json())
    claims = jwt.decode(answer.text, keys, algorithms=["ES256"]).claims
    assert (claims["iss"], claims["aud"], claims["email"]) == (ISSUER, app.id, EMAIL)
    assert "exp" not in claims
    assert house.get(PATH, answer.text).status_code == 401, "it is no access token"
    refused = app.authorize(id_token_hint=answer.text)
    assert "error=invalid_request" in refused.headers["Location"], "nor an ID token"


def test_groups_and_roles_are_told_to_who_may_know_them(house: House) -> None:
    user = house.gatepass.administration.find(EMAIL)
    house.gatepass.groups.create("makers", description="", by=AT_TERMINAL)
    house.gatepass.groups.add("makers", user.id, by=AT_TERMINAL)
    app = RelyingParty.of(house, WITH_GROUPS)
    tokens = app.tokens(scope="openid groups")
    assert house.get(PATH, tokens["access_token"]).get_json()["groups"] == ["makers"]
    keys = jwk.KeySet.import_key_set(house.get("/.well-known/jwks.json").get_json())
    assert jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims["groups"] == ["makers"]
    without = app.tokens(scope="openid profile")
    assert "groups" not in house.get(PATH, without["access_token"]).get_json()
    assert "groups" not in jwt.decode(without["id_token"], keys, algorithms=["RS256"]).claims


@pytest.mark.compliance(
    "OIDC Core", "5.5", "a claim that is asked for by name comes in the ID token, if it may"
)
def test_a_claim_asked_for_by_name_comes_in_the_id_token(house: House, app: RelyingParty) -> None:
    keys = jwk.KeySet.import_key_set(house.get("/.well-known/jwks.json").get_json())
    for scope, may in (("openid email", True), ("openid", False)):
        tokens = app.tokens(scope=scope, claims='{"id_token":{"email":null}}')
        claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
        assert ("email" in claims) is may
