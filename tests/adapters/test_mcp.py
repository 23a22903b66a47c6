"""An MCP server with the library's verifier, called by the SDK's own client over real HTTP."""

from collections.abc import Iterator

import anyio
import httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from gatepass import MultiIssuerVerifier
from gatepass.mcp import TokenVerifier, auth_settings
from gatepass.testing import BAD_TOKENS, FakeIssuer
from tests.adapters.adapters import running
from tests.adapters.conftest import AUDIENCE


@pytest.fixture(scope="module")
def server(issuer: FakeIssuer) -> Iterator[str]:
    with running(["examples/frameworks/mcp_app.py"], ISSUER=issuer.name, AUDIENCE=AUDIENCE) as url:
        yield url


def call(server: str, token: str, tool: str) -> tuple[bool, str]:
    """Call a tool as the SDK does: whether it failed, and what it said."""

    async def run() -> tuple[bool, str]:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            create_mcp_http_client(headers=headers) as http,
            Client(streamable_http_client(f"{server}/mcp", http_client=http)) as client,
        ):
            result = await client.call_tool(tool, {})
            return bool(result.is_error), str(getattr(result.content[0], "text", ""))

    return anyio.run(run)


def test_a_tool_knows_who_calls_it(server: str, issuer: FakeIssuer) -> None:
    assert call(server, issuer.token("user-7"), "protected") == (False, "user-7")


def test_a_tool_may_ask_for_a_scope(server: str, issuer: FakeIssuer) -> None:
    assert call(server, issuer.token(scopes=["orders:read"]), "scoped") == (False, "orders:read")
    failed, text = call(server, issuer.token(scopes=["orders:write"]), "scoped")
    assert failed
    assert "orders" not in text.replace("scoped", "")


@pytest.mark.compliance("RFC 9728", "5.1", "the challenge of an MCP server names its metadata document")
def test_a_request_without_a_good_token_is_led_to_the_issuer(server: str, issuer: FakeIssuer) -> None:
    place = f"{server}/.well-known/oauth-protected-resource/mcp"
    for headers in ({}, issuer.headers(expired=True), issuer.headers(audience="https://other.example")):
        answer = httpx.post(f"{server}/mcp", json={}, headers=headers)
        assert answer.status_code == 401
        place = f"{server}/.well-known/oauth-protected-resource/mcp"
        assert f'resource_metadata="{place}"' in answer.headers["WWW-Authenticate"]
    document = httpx.get(place).json()
    assert document["resource"] == f"{server}/mcp"
    assert document["authorization_servers"] == [issuer.name]


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_no_bad_token_is_taken_and_none_raises(name: str, issuer: FakeIssuer) -> None:
    verifier = TokenVerifier(MultiIssuerVerifier([issuer.verifier()]))
    assert anyio.run(verifier.verify_token, issuer.bad_token(name).token) is None


def test_what_the_sdk_learns_of_a_token(issuer: FakeIssuer) -> None:
    verifier = TokenVerifier(issuer.verifier())
    named = anyio.run(verifier.verify_token, issuer.token("user-7", client_id="cli", scopes=["b", "a"]))
    assert named is not None
    assert (named.client_id, named.subject, named.scopes) == ("cli", "user-7", ["a", "b"])
    assert named.resource == AUDIENCE
    by_azp = anyio.run(verifier.verify_token, issuer.token(claims={"azp": "web"}))
    assert by_azp is not None
    assert by_azp.client_id == "web"


def test_a_server_that_asks_for_a_scope_says_so_to_the_sdk(issuer: FakeIssuer) -> None:
    settings = auth_settings(
        issuer.verifier(), "https://mcp.example.com/mcp", required_scopes=["orders:read"]
    )
    assert settings.required_scopes == ["orders:read"]
    assert str(settings.resource_server_url) == "https://mcp.example.com/mcp"
