"""Programs that run in a browser call from pages of another origin (CORS)."""

import pytest
from msgspec import structs

from gatepass_server.domain.clients import ClientMetadata
from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.one_database import ready_database_url  # noqa: F401 - a fixture, which pytest finds here
from tests.support.relying_party import USUAL, RelyingParty

APP = "https://app.example.com"
SPA = "https://spa.example.com"
FOR_REGISTERED = ("/oauth2/token", "/oauth2/userinfo", "/oauth2/revoke", "/oauth2/device")
FOR_ALL = (
    "/.well-known/jwks.json",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
)
ALLOWED, CREDENTIALS = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"


@pytest.fixture(autouse=True)
def _programs(house: House) -> None:
    RelyingParty.of(house, ClientMetadata(origins=(SPA,)))
    RelyingParty.of(house, structs.replace(USUAL, token_endpoint_auth_method="none"))


@pytest.mark.parametrize("path", FOR_REGISTERED)
@pytest.mark.parametrize("origin", [SPA, APP])
def test_pages_of_registered_origins_may_call(house: House, path: str, origin: str) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = house.client.options(path, headers=asked)
    assert (preflight.status_code, preflight.headers[ALLOWED]) == (200, origin)
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type, DPoP"
    answer = house.client.post(path, headers={"Origin": origin})
    assert answer.status_code in {400, 401}, "an error can be read, too"
    assert answer.headers[ALLOWED] == origin
    assert "WWW-Authenticate" in answer.headers["Access-Control-Expose-Headers"]
    for found in (preflight, answer):
        assert "Origin" in found.headers["Vary"]
        assert CREDENTIALS not in found.headers


@pytest.mark.parametrize("path", FOR_REGISTERED)
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "null",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "*",
        "",
    ],
)
def test_pages_of_other_origins_learn_nothing(house: House, path: str, origin: str) -> None:
    for answer in (
        house.client.options(path, headers={"Origin": origin}),
        house.client.post(path, headers={"Origin": origin}),
    ):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-Allow")]
        assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("path", FOR_ALL)
def test_public_documents_are_read_from_anywhere(house: House, path: str) -> None:
    asked = {"Origin": "https://anywhere.example.com"}
    for answer in (house.client.get(path, headers=asked), house.client.options(path, headers=asked)):
        assert answer.headers[ALLOWED] == "*"
        assert CREDENTIALS not in answer.headers


@pytest.mark.parametrize("path", ["/oauth2/introspect", "/login", "/me", "/oauth2/authorize"])
def test_what_is_for_servers_or_the_browser_itself_is_not_opened(house: House, path: str) -> None:
    for answer in (
        house.client.options(path, headers={"Origin": SPA}),
        house.client.post(path, headers={"Origin": SPA}),
    ):
        assert ALLOWED not in answer.headers


def test_a_new_program_may_call_within_seconds_and_an_old_one_no_longer(
    house: House, clock: FakeClock
) -> None:
    def may() -> bool:
        asked = {"Origin": "https://new.example.com"}
        return ALLOWED in house.client.options("/oauth2/token", headers=asked).headers

    assert not may()
    new = RelyingParty.of(house, ClientMetadata(origins=("https://new.example.com",)))
    clock.advance(5)
    assert may()
    house.gatepass.clients.delete(new.id)
    clock.advance(30)
    assert not may()
