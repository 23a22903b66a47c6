"""Refresh tokens and codes buy less than was granted, where less is asked for, and never more."""

from urllib.parse import urlencode

import pytest
from msgspec import structs

from tests.support.house import House
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here
from tests.support.relying_party import API, OTHER_API, USUAL, RelyingParty, answered

TWO = structs.replace(USUAL, resources=(API, OTHER_API, "https://third.example.com"))


@pytest.fixture(params=["jwt", "opaque"])
def app(house: House, request: pytest.FixtureRequest) -> RelyingParty:
    return RelyingParty.of(house, structs.replace(TWO, access_token_format=request.param))


def code_for(app: RelyingParty, *resources: str) -> str:
    """A code of a request that names these resources."""
    query = urlencode([*app.parameters().items(), *(("resource", resource) for resource in resources)])
    waiting = app.house.client.get(f"/oauth2/authorize?{query}")
    return answered(app.consent_to(waiting))["code"]


def audience_of(app: RelyingParty, token: str) -> object:
    return app.introspect(token)["aud"]


@pytest.mark.compliance("RFC 8707", "2.2", "a token request narrows what the authorization request named")
def test_a_code_buys_a_token_for_one_of_its_resources(app: RelyingParty) -> None:
    tokens = app.redeem(code_for(app, API, OTHER_API), resource=API).get_json()
    assert audience_of(app, tokens["access_token"]) == API
    refreshed = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).get_json()
    assert audience_of(app, refreshed["access_token"]) == [API, OTHER_API], "the grant is as wide as before"
    narrowed = app.token(
        grant_type="refresh_token", refresh_token=refreshed["refresh_token"], resource=OTHER_API
    ).get_json()
    assert audience_of(app, narrowed["access_token"]) == OTHER_API


@pytest.mark.compliance("RFC 8707", "2.2", "a resource that was not granted is refused, registered or not")
@pytest.mark.parametrize("resource", ["https://third.example.com", "https://evil.example.com"])
def test_neither_buys_a_token_for_another_resource(app: RelyingParty, resource: str) -> None:
    code = code_for(app, API)
    assert app.redeem(code, resource=resource).get_json()["error"] == "invalid_target"
    tokens = app.redeem(code).get_json()
    refused = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"], resource=resource)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_target")
    again = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert again.status_code == 200, "what was refused spent nothing"


@pytest.mark.compliance(
    "RFC 6749", "6", "a refresh asks for fewer scopes, and never for more than were granted"
)
def test_a_refresh_never_gains_a_scope(app: RelyingParty) -> None:
    tokens = app.tokens(scope="openid profile")
    refused = app.token(
        grant_type="refresh_token", refresh_token=tokens["refresh_token"], scope="openid profile email"
    )
    assert refused.get_json()["error"] == "invalid_scope"
    fewer = app.token(
        grant_type="refresh_token", refresh_token=tokens["refresh_token"], scope="profile"
    ).get_json()
    assert (fewer["scope"], "id_token" in fewer) == ("profile", False)
    all_again = app.token(grant_type="refresh_token", refresh_token=fewer["refresh_token"]).get_json()
    assert all_again["scope"] == "openid profile", "the refresh token stands for all that was granted"


def test_consent_that_was_taken_back_ends_the_grant(house: House, app: RelyingParty) -> None:
    tokens = app.tokens()
    person = house.browser().current
    assert person is not None
    house.gatepass.applications.take_back(person.user, app.id)
    refused = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refused.get_json()["error"] == "invalid_grant"
    assert app.introspect(tokens["access_token"]) == {"active": False}
