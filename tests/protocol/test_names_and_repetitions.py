"""How common relying parties name themselves, and what they repeat when they refresh."""

import jwt
import pytest
from msgspec import structs

from gatepass_server.domain.clients import ClientMetadata
from tests.support.house import House
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


@pytest.mark.compliance("RFC 7636", "4.4.1", "a public client must use PKCE")
def test_a_public_program_cannot_do_without_pkce(browser_app: RelyingParty) -> None:
    without = browser_app.authorize(code_challenge=None, code_challenge_method=None)
    assert answered(without)["error"] == "invalid_request"


def test_a_program_that_names_itself_twice_is_taken_by_its_secret(app: RelyingParty) -> None:
    assert app.redeem(app.code(), client_id=app.id).status_code == 200


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
