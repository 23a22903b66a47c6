"""Tokens that a program has for itself (RFC 6749 section 4.4)."""

from typing import Any

import pytest
from msgspec import structs

from gatepass_server.domain.clients import ClientMetadata
from tests.support.clock import FakeClock
from tests.support.following_api import FollowingApi
from tests.support.house import House
from tests.support.relying_party import API, OTHER_API, RelyingParty

SERVICE = ClientMetadata(
    grant_types=("client_credentials",), scope="orders:read orders:write", resources=(API, OTHER_API)
)


@pytest.fixture
def service(house: House) -> RelyingParty:
    return RelyingParty.of(house, SERVICE)


def token_of(service: RelyingParty, **form: Any) -> str:
    answer = service.token(grant_type="client_credentials", **form)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["access_token"])


@pytest.mark.compliance("RFC 8707", "2", "a token is for the resources that were named, and no others")
def test_a_token_is_for_the_resources_that_it_names(service: RelyingParty) -> None:
    token = token_of(service, resource=[API, OTHER_API])
    assert service.introspect(token)["aud"] == [API, OTHER_API]
    refused = service.token(grant_type="client_credentials", resource="https://evil.example.com")
    assert refused.get_json()["error"] == "invalid_target"


@pytest.mark.compliance("RFC 6749", "3.3", "a scope that the client may not have is refused")
def test_a_program_gets_the_scopes_that_it_may_have(service: RelyingParty) -> None:
    assert service.introspect(token_of(service, scope="orders:read"))["scope"] == "orders:read"
    refused = service.token(grant_type="client_credentials", scope="orders:read admin")
    assert refused.get_json()["error"] == "invalid_scope"


@pytest.mark.compliance("RFC 6749", "4.4.3", "no refresh token comes with it")
def test_no_refresh_token_comes_with_it(service: RelyingParty) -> None:
    told = service.token(grant_type="client_credentials").get_json()
    assert set(told) == {"access_token", "token_type", "expires_in", "scope"}


def test_what_opens_the_house_must_be_asked_for(house: House) -> None:
    service = RelyingParty.of(house, structs.replace(SERVICE, scope="orders:read account admin"))
    assert service.token(grant_type="client_credentials").get_json()["scope"] == "orders:read"


@pytest.mark.parametrize("form", ["jwt", "opaque"])
@pytest.mark.parametrize("path", ["/oauth2/userinfo", "/me", "/sessions", "/user"])
def test_no_person_is_behind_it(house: House, form: str, path: str) -> None:
    metadata = structs.replace(SERVICE, access_token_format=form, scope="openid account admin")
    refused = house.get(path, token_of(RelyingParty.of(house, metadata), scope="account admin"))
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize("end", ["delete", "rotate_secret"])
def test_its_tokens_end_with_the_program_or_its_secret(
    house: House, service: RelyingParty, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    api = FollowingApi(house, clock, monkeypatch)
    token = token_of(service)
    assert api.ask(token) == service.id
    getattr(house.gatepass.clients, end)(service.id)
    assert api.ask(token) == "revoked"


def test_its_tokens_end_when_it_gives_one_back(
    house: House, service: RelyingParty, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = FollowingApi(house, clock, monkeypatch)
    token = token_of(service)
    assert api.ask(token) == service.id
    service.post("/oauth2/revoke", token=token)
    assert api.ask(token) == "revoked"


def test_what_people_granted_a_program_ends_with_it(
    house: House, app: RelyingParty, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = FollowingApi(house, clock, monkeypatch)
    token = app.tokens()["access_token"]
    house.gatepass.clients.delete(app.id)
    assert house.get("/oauth2/userinfo", token).status_code == 401
    assert api.ask(token) == "revoked"
