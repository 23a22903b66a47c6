"""Signing in to a program: from the authorization request to tokens, and on."""

import pytest
from joserfc import jwk, jwt

from gatepass import Verifier
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, ISSUER, House
from tests.support.relying_party import RelyingParty, answered, flow_of


def id_token_of(house: House, text: str) -> jwt.Token:
    keys = jwk.KeySet.import_key_set(house.get("/.well-known/jwks.json").get_json())
    return jwt.decode(text, keys, algorithms=["RS256"])


@pytest.mark.compliance("RFC 6749", "4.1", "a code leads to an access token, once the person has consented")
@pytest.mark.compliance("OIDC Core", "3.1.3.3", "an ID token comes with it")
def test_a_person_signs_in_to_a_program(house: House, app: RelyingParty, clock: FakeClock) -> None:
    waiting = app.authorize()
    assert waiting.status_code == 303
    assert waiting.headers["Location"].startswith(f"{ISSUER}/consent?flow=")

    answer = answered(app.consent_to(waiting))
    assert (answer["state"], answer["iss"]) == ("a state", ISSUER)
    tokens = app.redeem(answer["code"]).get_json()
    assert (tokens["token_type"], tokens["scope"]) == ("Bearer", "openid profile email")

    verifier = Verifier.from_jwks(
        house.get("/.well-known/jwks.json").get_json(),
        issuer=ISSUER,
        audience=ISSUER,
        clock=clock,
        status=None,
    )
    principal = verifier.verify(tokens["access_token"], scopes=["profile"])
    assert principal.client_id == app.id

    token = id_token_of(house, tokens["id_token"])
    assert token.header["typ"] == "JWT"
    user = house.gatepass.administration.find(EMAIL)
    claims = token.claims
    assert {name: claims[name] for name in ("iss", "sub", "aud", "nonce", "amr", "sid")} == {
        "iss": ISSUER,
        "sub": user.id,
        "aud": app.id,
        "nonce": "a nonce",
        "amr": ["pwd"],
        "sid": principal.session_id,
    }


@pytest.mark.compliance("OIDC Core", "5.4", "scopes stand for claims at the userinfo endpoint")
def test_userinfo_tells_what_the_scopes_stand_for(house: House, app: RelyingParty) -> None:
    told = house.get("/oauth2/userinfo", app.tokens()["access_token"]).get_json()
    assert (told["name"], told["email"], told["email_verified"]) == ("Ann", EMAIL, False)
    assert set(house.get("/oauth2/userinfo", app.tokens(scope="openid")["access_token"]).get_json()) == {
        "sub"
    }


@pytest.mark.compliance("OIDC Core", "12", "a refresh token prolongs the grant")
def test_the_grant_is_refreshed(house: House, app: RelyingParty, clock: FakeClock) -> None:
    tokens = app.tokens()
    clock.now += 60
    refreshed = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status_code == 200, refreshed.text
    told = refreshed.get_json()
    assert told["refresh_token"] != tokens["refresh_token"]
    before, after = (id_token_of(house, text).claims for text in (tokens["id_token"], told["id_token"]))
    assert (before["sub"], before["sid"], before["auth_time"]) == (
        after["sub"],
        after["sid"],
        after["auth_time"],
    )


@pytest.mark.compliance("OIDC Core", "3.1.2.4", "consent is remembered")
def test_a_person_is_asked_once(app: RelyingParty) -> None:
    app.code()
    assert "code" in answered(app.authorize())


def test_signing_out_ends_what_programs_were_granted(house: House, app: RelyingParty) -> None:
    token = app.tokens()["access_token"]
    browser = house.browser()
    assert browser.current is not None
    house.gatepass.log_out.current(browser.current)
    assert house.get("/oauth2/userinfo", token).status_code == 401


@pytest.mark.compliance("RFC 6749", "4.1.2", "a code that is presented twice ends what came of it")
def test_a_replayed_code_ends_the_grant(house: House, app: RelyingParty) -> None:
    code = app.code()
    token = app.redeem(code).get_json()["access_token"]
    replayed = app.redeem(code)
    assert (replayed.status_code, replayed.get_json()["error"]) == (400, "invalid_grant")
    assert house.get("/oauth2/userinfo", token).status_code == 401


def test_a_stranger_is_sent_to_sign_in_and_comes_back(house: House, app: RelyingParty) -> None:
    house.client.delete_cookie("__Host-gatepass")
    waiting = app.authorize()
    assert waiting.headers["Location"].startswith(f"{ISSUER}/sign-in?flow=")
    house.client.post("/login", json={"email": EMAIL, "password": "one fine long password", "mode": "cookie"})
    handle = flow_of(waiting)
    resumed = house.client.get(f"/oauth2/authorize?flow={handle}")
    assert "code" in answered(app.consent_to(resumed))
    again = house.client.get(f"/oauth2/authorize?flow={handle}")
    assert again.status_code == 400, "a finished request gives no second code"


def test_what_a_program_was_given_does_not_open_the_account(house: House, app: RelyingParty) -> None:
    token = app.tokens()["access_token"]
    assert house.get("/me", token).status_code == 403
    assert house.get("/sessions", token).status_code == 403
