"""An MCP server protected in the SDK's own way, called by the SDK's own client over real HTTP."""

from collections.abc import Iterator

import anyio
import httpx2
import pytest
from mcp import MCPError
from mcp.client.auth.utils import extract_field_from_www_auth, extract_resource_metadata_from_www_auth

from gatepass import KeysUnavailableError, MultiIssuerVerifier
from gatepass.mcp import TokenVerifier, VerifiedToken, auth_settings
from gatepass.testing import BAD_TOKENS, FakeIssuer
from tests.adapters.adapters import running
from tests.adapters.conftest import AUDIENCE
from tests.adapters.mcp_calls import MODES, call, message, post


@pytest.fixture(scope="module")
def server(issuer: FakeIssuer) -> Iterator[str]:
    with running(["-m", "tests.adapters.apps.mcp"], ISSUER=issuer.name, AUDIENCE=AUDIENCE) as url:
        yield url


@pytest.mark.parametrize("mode", MODES)
def test_a_tool_knows_who_calls_it(mode: str, server: str, issuer: FakeIssuer) -> None:
    headers = issuer.headers("user-7", scopes=["tools"])
    assert call(server, "protected", headers, mode=mode) == (False, "user-7")


def test_a_tool_may_ask_for_a_scope(server: str, issuer: FakeIssuer) -> None:
    good = issuer.headers(scopes=["tools", "orders:read"])
    assert call(server, "scoped", good) == (False, "orders:read tools")
    failed, text = call(server, "scoped", issuer.headers(scopes=["tools"]))
    assert failed
    assert "does not grant what this request needs" in text


@pytest.mark.compliance("RFC 9728", "5.1", "the challenge of an MCP server names its metadata document")
def test_a_request_without_a_good_token_is_led_to_the_issuer(server: str, issuer: FakeIssuer) -> None:
    place = f"{server}/.well-known/oauth-protected-resource/mcp"
    for headers in ({}, issuer.headers(expired=True), issuer.headers(audience="https://other.example")):
        answer = post(server, message("tools/list"), headers)
        assert answer.status_code == 401
        assert f'resource_metadata="{place}"' in answer.headers["WWW-Authenticate"]
        with pytest.raises(MCPError):
            call(server, "protected", headers)
    document = httpx2.get(place).json()
    assert document["resource"] == f"{server}/mcp"
    assert document["authorization_servers"] == [issuer.name]
    assert document["scopes_supported"] == ["tools"]


@pytest.mark.compliance(
    "RFC 6750", "3.1", "a token without a needed scope is answered 403 insufficient_scope"
)
def test_a_token_without_the_servers_scope_is_refused(server: str, issuer: FakeIssuer) -> None:
    answer = post(server, message("tools/list"), issuer.headers())
    assert answer.status_code == 403
    assert extract_field_from_www_auth(answer, "error") == "insufficient_scope"
    place = f"{server}/.well-known/oauth-protected-resource/mcp"
    assert extract_resource_metadata_from_www_auth(answer) == place


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_no_bad_token_is_taken_and_none_raises(name: str, issuer: FakeIssuer) -> None:
    verifier = TokenVerifier(MultiIssuerVerifier([issuer.verifier()]))
    assert anyio.run(verifier.verify_token, issuer.bad_token(name).token) is None


def test_an_outage_of_the_issuer_raises_nothing(issuer: FakeIssuer, caplog: pytest.LogCaptureFixture) -> None:
    class Gone:
        def find(self, _kid: str | None, _alg: str) -> list[object]:
            raise KeysUnavailableError("nobody answers")

    verifier = issuer.verifier()
    verifier._keys = Gone()  # type: ignore[assignment]  # a source that fails as one over the network does
    assert anyio.run(TokenVerifier(verifier).verify_token, issuer.token()) is None
    assert [(one.levelname, "keys_unavailable" in one.message) for one in caplog.records] == [
        ("WARNING", True)
    ]


def learned(issuer: FakeIssuer, token: str, resource: str | None = None) -> VerifiedToken:
    found = anyio.run(TokenVerifier(issuer.verifier(), resource=resource).verify_token, token)
    assert found is not None
    return found


def test_what_the_sdk_learns_of_a_token(issuer: FakeIssuer) -> None:
    named = learned(issuer, issuer.token("user-7", client_id="cli", scopes=["b", "a"]))
    assert (named.client_id, named.subject, named.scopes) == ("cli", "user-7", ["a", "b"])
    assert named.resource == AUDIENCE
    assert named.expires_at == named.principal.expires_at
    assert (named.claims or {})["iss"] == issuer.name
    assert learned(issuer, issuer.token(claims={"azp": "web"})).client_id == "web"


@pytest.mark.compliance("RFC 9700", "4.15", "a subject is never taken for a client")
def test_a_subject_is_never_taken_for_a_program(issuer: FakeIssuer) -> None:
    assert learned(issuer, issuer.token("admin-tool")).client_id == ""
    assert learned(issuer, issuer.token("admin-tool", claims={"azp": ["admin-tool"]})).client_id == ""


def test_of_several_audiences_the_sdk_learns_its_own(issuer: FakeIssuer) -> None:
    token = issuer.token(audience=[AUDIENCE, "https://mcp.example.com/mcp/"])
    assert learned(issuer, token, "https://mcp.example.com/mcp").resource == "https://mcp.example.com/mcp/"
    assert learned(issuer, token).resource == AUDIENCE


def test_settings_name_issuer_and_server_as_they_are_written(issuer: FakeIssuer) -> None:
    settings = auth_settings(issuer.verifier(), "https://mcp.example.com", required_scopes=["orders:read"])
    assert settings.required_scopes == ["orders:read"]
    assert str(settings.resource_server_url) == "https://mcp.example.com"
    assert str(settings.issuer_url) == issuer.name
