"""What common relying parties send and expect that no standard would make one think of."""

import base64

import jwt
import pytest
from msgspec import structs

from gatepass_server.domain.clients import ClientMetadata
from tests.support.house import EMAIL, House
from tests.support.relying_party import CALLBACK, USUAL, RelyingParty, answered, sign_in

PUBLIC = ClientMetadata(
    redirect_uris=(CALLBACK,),
    grant_types=("authorization_code",),
    scope="openid profile email",
    token_endpoint_auth_method="none",
)


@pytest.fixture
def browser_app(house: House) -> RelyingParty:
    """A program without a secret, in a browser where somebody is signed in."""
    sign_in(house)
    return RelyingParty.of(house, PUBLIC)


@pytest.fixture
def app(house: House) -> RelyingParty:
    """One with a secret."""
    sign_in(house)
    return RelyingParty.of(house)


@pytest.mark.compliance("RFC 6749", "3.1", "parameters that nobody knows are ignored")
def test_junk_is_ignored_at_the_authorization_endpoint(app: RelyingParty) -> None:
    junk = {
        "data": "None",
        "flow": "x",
        "audience": "https://api.example.com",
        "access_type": "offline",
        "": "x",
    }
    assert "code" in answered(app.consent_to(app.authorize(**junk, display="page", approval_prompt="force")))


@pytest.mark.compliance("RFC 6749", "3.2", "parameters that nobody knows are ignored")
def test_junk_is_ignored_at_the_token_endpoint(app: RelyingParty) -> None:
    response = app.redeem(app.code(), state="a state", data="None", scope="openid", access_type="offline")
    assert response.status_code == 200, response.text


@pytest.mark.compliance("RFC 6749", "3.3", "a request without scope is served by default")
def test_a_request_without_scope_gets_what_the_program_may_have(app: RelyingParty) -> None:
    told = app.tokens(scope=None)
    assert set(told["scope"].split()) == {"openid", "profile", "email"}


@pytest.mark.compliance("RFC 9700", "2.1.1", "with PKCE, no nonce is needed")
def test_a_request_without_nonce_is_served(app: RelyingParty) -> None:
    assert "id_token" in app.tokens(nonce=None)


@pytest.mark.compliance("RFC 7636", "4.4.1", "a public client must use PKCE")
def test_a_public_program_cannot_do_without_pkce(browser_app: RelyingParty) -> None:
    without = browser_app.authorize(code_challenge=None, code_challenge_method=None)
    assert answered(without)["error"] == "invalid_request"


def test_a_program_that_looks_first_consumes_nothing(app: RelyingParty) -> None:
    for _ in range(3):  # some fetch the address themselves before they send the browser there
        app.consent_to(app.authorize())
    one, other = app.code(), app.code()
    assert app.redeem(other).status_code == 200
    assert app.redeem(one).status_code == 200


@pytest.mark.compliance("RFC 6749", "2.3.1", "the secret may stand in the header or in the body")
def test_one_secret_is_taken_in_the_header_and_in_the_body(app: RelyingParty) -> None:
    assert app.secret is not None
    assert app.redeem(app.code()).status_code == 200
    in_body = {"client_id": app.id, "client_secret": app.secret.reveal()}
    assert app.redeem(app.code(), auth=False, **in_body).status_code == 200


def test_a_program_that_names_itself_twice_is_taken_by_its_secret(app: RelyingParty) -> None:
    assert app.redeem(app.code(), client_id=app.id).status_code == 200


def test_a_public_program_may_send_an_empty_secret(browser_app: RelyingParty) -> None:
    form = {
        "grant_type": "authorization_code",
        "code": browser_app.code(),
        "redirect_uri": CALLBACK,
        "code_verifier": browser_app.verifier,
    }
    pair = base64.b64encode(f"{browser_app.id}:".encode()).decode()
    client = browser_app.house.client
    response = client.post("/oauth2/token", data=form, headers={"Authorization": f"Basic {pair}"})
    assert response.status_code == 200, response.text
    form["code"] = browser_app.code()
    response = client.post("/oauth2/token", data={**form, "client_id": browser_app.id, "client_secret": ""})
    assert response.status_code == 200, response.text


@pytest.mark.compliance(
    "OIDC Core", "5.3.1", "the token by GET, by POST in the header, and by POST in the body"
)
def test_userinfo_answers_both_methods(house: House, app: RelyingParty) -> None:
    token = app.tokens()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    answers = [
        house.client.get("/oauth2/userinfo", headers=bearer),
        house.client.post("/oauth2/userinfo", headers=bearer),
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert {answer.get_json()["email"] for answer in answers} == {EMAIL}


def test_the_names_that_programs_look_for_are_there_and_true(house: House, app: RelyingParty) -> None:
    bearer = {"Authorization": f"Bearer {app.tokens()['access_token']}"}
    told = house.client.get("/oauth2/userinfo", headers=bearer).get_json()
    assert (told["preferred_username"], told["email_verified"]) == (EMAIL, False)


def test_a_program_that_repeats_its_configured_scope_at_a_refresh_is_served(app: RelyingParty) -> None:
    configured = "openid profile email phone address"  # Authlib sends what it asked for, not what it got
    told = app.tokens(scope=configured)
    response = app.token(grant_type="refresh_token", refresh_token=told["refresh_token"], scope=configured)
    assert response.status_code == 200, response.text


@pytest.mark.compliance("RFC 6749", "6", "a refresh asks for nothing that was not granted")
def test_a_refresh_for_more_than_was_granted_is_refused(app: RelyingParty) -> None:
    token = app.tokens(scope="openid email")["refresh_token"]
    response = app.token(grant_type="refresh_token", refresh_token=token, scope="openid email profile")
    assert response.get_json()["error"] == "invalid_scope"
    response = app.token(grant_type="refresh_token", refresh_token=token, scope="phone")
    assert response.get_json()["error"] == "invalid_scope"


@pytest.mark.compliance("RFC 8707", "2", "the resource of a token is the one that was registered")
@pytest.mark.parametrize("asked", ["https://mcp.example.com", "https://mcp.example.com/"])
@pytest.mark.parametrize("registered", ["https://mcp.example.com", "https://mcp.example.com/"])
def test_the_address_of_a_whole_host_is_the_same_with_a_slash(
    house: House, registered: str, asked: str
) -> None:
    app = RelyingParty.of(house, structs.replace(USUAL, resources=(registered,)))
    response = app.redeem(app.code(resource=asked), resource=asked)
    token = response.get_json()["access_token"]
    assert jwt.decode(token, options={"verify_signature": False})["aud"] == registered
    assert answered(app.authorize(resource=f"{asked.rstrip('/')}/more"))["error"] == "invalid_target"
