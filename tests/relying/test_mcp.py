"""MCP clients and servers, both with the SDK: discovery, registration, sign-in, resource indicators, refresh."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from mcp.client.auth import OAuthFlowError
from mcp.client.auth.extensions.client_credentials import (
    ClientCredentialsOAuthProvider,
    PrivateKeyJWTOAuthProvider,
    SignedJWTParameters,
)
from mcp.shared.auth import OAuthClientInformationFull
from pydantic import AnyUrl

from gatepass import Key
from tests.adapters.mcp_calls import call, message, post
from tests.browser.tls_front import tls_front
from tests.outage.certificates import self_signed
from tests.relying.conftest import House
from tests.relying.mcp_client import CALLBACK, Browser, Memory, sign_in_with
from tests.relying.sites import site
from tests.relying.visitor import Visitor
from tests.support.server import free_port, serving, sign_up

HOWTO = (Path(__file__).parents[2] / "docs/howto/mcp.md").read_text("utf-8")
MCP = "MCP authorization"
_FOR_ITSELF = ("--grant", "client_credentials", "--scope", "orders:read")


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    """Where the MCP servers listen."""
    return free_port(), free_port()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls") / "localhost.pem")


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, ports: tuple[int, int], certificate: Path
) -> Iterator[House]:
    """A server with the switch of the how-to; documents of this machine are fetched, which is not usual."""
    folder = tmp_path_factory.mktemp("relying")
    (switch,) = re.findall(r"GATEPASS_MCP_SERVERS=(\S+) GATEPASS_REGISTRATION_SCOPE=\"(.*?)\"", HOWTO)
    settings = {
        "mcp_servers": f"{switch[0].replace('9000', str(ports[0]))} http://127.0.0.1:{ports[1]}/mcp",
        "registration_scope": f"{switch[1]} orders:write",
        "outbound_allow": "localhost",
        "outbound_ca_file": str(certificate),
    }
    with serving(folder, port=None, **settings) as server:
        assert sign_up(server.url).status_code == 201
        yield House(server, server.url, folder)


@pytest.fixture(scope="module")
def orders(house: House, ports: tuple[int, int]) -> Iterator[str]:
    """The MCP server of the how-to."""
    address = f"http://127.0.0.1:{ports[0]}"
    (code,) = re.findall(r"```python\n(.*?)```", HOWTO, re.DOTALL)
    code = code.replace("http://127.0.0.1:9000", address).replace("http://127.0.0.1:8000", house.issuer)
    (house.folder / "orders.py").write_text(code, "utf-8")
    with house.running(sys.executable, "-m", "uvicorn", "orders:app", "--port", str(ports[0]), port=ports[0]):
        yield address


@pytest.fixture(scope="module")
def shop(house: House, ports: tuple[int, int]) -> Iterator[str]:
    """Another one, in which tools ask for different scopes."""
    with house.running("mcp_shop.py", port=ports[1], ISSUER=house.issuer) as address:
        yield address


@pytest.fixture
def browser(visitor: Visitor) -> Browser:
    return Browser(visitor.carry)


@pytest.mark.compliance(MCP, "auth/pre-registration", "a client that was registered beforehand")
def test_a_client_that_was_registered_beforehand(house: House, orders: str, browser: Browser) -> None:
    told = house.create(
        "--public", "--redirect-uri", CALLBACK, "--resource", f"{orders}/mcp", "--scope", "orders:read"
    )
    known = OAuthClientInformationFull(
        client_id=told["CLIENT_ID"], token_endpoint_auth_method="none", redirect_uris=[AnyUrl(CALLBACK)]
    )
    provider = sign_in_with(f"{orders}/mcp", Memory(known), browser)
    failed, said = call(orders, "orders", {}, auth=provider)
    assert (failed, said.startswith("orders of ")) == (False, True)


@pytest.mark.parametrize("method", ["none", "client_secret_basic", "client_secret_post"])
@pytest.mark.compliance(MCP, "auth/token-endpoint-auth-none", "a client without a secret")
@pytest.mark.compliance(MCP, "auth/token-endpoint-auth-basic", "a client with its secret in the header")
@pytest.mark.compliance(MCP, "auth/token-endpoint-auth-post", "a client with its secret in the body")
@pytest.mark.compliance(MCP, "auth/metadata-default", "and finds the server by its metadata")
@pytest.mark.compliance(MCP, "dynamic-registration", "clients register themselves")
@pytest.mark.compliance(MCP, "sep-837-application-type-present", "and say of which kind they are")
@pytest.mark.compliance(MCP, "auth/scope-from-scopes-supported", "for the scopes that the MCP server has")
@pytest.mark.compliance(MCP, "auth/offline-access-scope", "and for access that lasts, which is advertised")
@pytest.mark.compliance(MCP, "sep-2207-client-metadata-grant-types", "and are given refresh tokens")
@pytest.mark.compliance(MCP, "refresh-rotation", "which are spent once")
@pytest.mark.compliance(MCP, "resource-parameter", "each request names the MCP server")
def test_a_client_that_registers_itself(orders: str, browser: Browser, method: str) -> None:
    memory = Memory()
    provider = sign_in_with(f"{orders}/mcp", memory, browser, token_endpoint_auth_method=method)
    failed, said = call(orders, "orders", {}, auth=provider)
    assert (failed, said.startswith("orders of ")) == (False, True)
    assert browser.asked[0]["resource"] == f"{orders}/mcp"
    assert memory.client is not None
    assert (memory.client.token_endpoint_auth_method, memory.client.application_type) == (method, "native")
    assert set(str(memory.tokens[0].scope).split()) == {"orders:read", "offline_access"}
    provider.context.token_expiry_time = 1  # as if its time were over
    assert call(orders, "orders", {}, auth=provider) == (False, said)
    assert len(browser.asked) == 1
    first, second = memory.tokens
    assert first.refresh_token != second.refresh_token


@pytest.mark.compliance(MCP, "auth/basic-cimd", "a client whose id is the address of its metadata document")
@pytest.mark.compliance(MCP, "cimd-advertised", "which the metadata say")
@pytest.mark.compliance(MCP, "cimd-fetch", "the document is fetched when such an id is met")
@pytest.mark.compliance(MCP, "cimd-host-shown", "and people see where it comes from and leads to")
def test_a_client_that_publishes_what_it_is(orders: str, visitor: Visitor, certificate: Path) -> None:
    browser = Browser(visitor.carry)
    document: dict[str, Any] = {
        "client_name": "Assistant",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
    }
    port = free_port()
    document["client_id"] = f"https://localhost:{port}/assistant.json"
    page = (json.dumps(document).encode(), "application/json")
    with site(lambda _: page) as plain, tls_front(port, plain, certificate):
        memory = Memory()
        provider = sign_in_with(f"{orders}/mcp", memory, browser, document=document["client_id"])
        assert call(orders, "orders", {}, auth=provider)[0] is False
    assert browser.asked[0]["client_id"] == document["client_id"]
    assert "This app is published by <strong>localhost</strong>" in visitor.shown["/consent"]
    assert "You will be taken to <strong>127.0.0.1:3030</strong>" in visitor.shown["/consent"]
    assert memory.tokens[0].refresh_token is not None


@pytest.mark.compliance(MCP, "auth/scope-from-www-authenticate", "the challenge says what to ask for")
@pytest.mark.compliance(MCP, "auth/scope-step-up", "and later, what more to ask for")
@pytest.mark.compliance(MCP, "sep-2350-scope-union-on-reauth", "without losing what was granted before")
def test_a_client_asks_for_more_when_a_tool_needs_it(shop: str, browser: Browser) -> None:
    provider = sign_in_with(f"{shop}/mcp", Memory(), browser)
    failed, said = call(shop, "look", {}, auth=provider)
    assert (failed, said.partition(": ")[2]) == (False, "offline_access orders:read")
    failed, said = call(shop, "buy", {}, auth=provider)
    assert (failed, said.partition(": ")[2]) == (False, "offline_access orders:read orders:write")
    assert [set(one["scope"].split()) for one in browser.asked] == [
        {"orders:read", "offline_access"},
        {"orders:read", "orders:write", "offline_access"},
    ]


@pytest.mark.compliance(MCP, "token-audience", "a token is good at the MCP server that it was asked for")
def test_a_token_for_one_mcp_server_is_refused_at_another(
    house: House, orders: str, shop: str, browser: Browser
) -> None:
    memory = Memory()
    call(orders, "orders", {}, auth=sign_in_with(f"{orders}/mcp", memory, browser))
    headers = {"Authorization": f"Bearer {memory.tokens[0].access_token}"}
    assert call(orders, "orders", headers)[0] is False
    refused = post(shop, message("tools/list"), headers)
    assert (refused.status_code, 'error="invalid_token"' in refused.headers["WWW-Authenticate"]) == (
        401,
        True,
    )
    assert httpx.get(f"{house.issuer}/me", headers=headers).status_code == 401


@pytest.mark.compliance(MCP, "sep-2468-as-iss", "an error names its issuer, too")
@pytest.mark.compliance(MCP, "resource-parameter", "a server that is not one of the house's is refused")
def test_a_client_gets_no_token_for_a_server_that_is_none_of_the_house(
    house: House, visitor: Visitor
) -> None:
    told = house.register(CALLBACK, token_endpoint_auth_method="none", scope="orders:read")
    asked = {
        "client_id": told["CLIENT_ID"],
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "orders:read",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
        "resource": "https://elsewhere.example/mcp",
    }
    answer = httpx.URL(visitor.carry(f"{house.issuer}/oauth2/authorize?{httpx.QueryParams(asked)}"))
    assert answer.params["error"] == "invalid_target"
    assert answer.params["iss"] == house.issuer


@pytest.mark.compliance(MCP, "auth/iss-supported", "every answer names its issuer")
@pytest.mark.compliance(MCP, "sep-2468-as-advertise", "and the metadata say so")
@pytest.mark.compliance(MCP, "auth/iss-wrong-issuer", "so that a client refuses an answer of another server")
def test_a_client_that_is_answered_in_another_servers_name_refuses(orders: str, visitor: Visitor) -> None:
    def mixed_up(address: str) -> str:
        return str(httpx.URL(visitor.carry(address)).copy_set_param("iss", "https://evil.example"))

    with pytest.raises(OAuthFlowError, match="iss mismatch"):
        call(orders, "orders", {}, auth=sign_in_with(f"{orders}/mcp", Memory(), Browser(mixed_up)))


@pytest.mark.compliance(MCP, "auth/metadata-default", "the metadata lie where RFC 8414 says")
@pytest.mark.compliance(
    MCP, "pkce-advertised", "and say that PKCE with S256 is there, without which clients stop"
)
def test_the_metadata_say_what_mcp_clients_look_for(house: House) -> None:
    told = httpx.get(f"{house.issuer}/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == house.issuer
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["client_id_metadata_document_supported"] is True
    assert told["registration_endpoint"] == f"{house.issuer}/oauth2/register"
    assert told["authorization_response_iss_parameter_supported"] is True
    assert "offline_access" in told["scopes_supported"]
    assert {"none", "client_secret_basic", "client_secret_post"} <= set(
        told["token_endpoint_auth_methods_supported"]
    )


@pytest.mark.compliance(MCP, "auth/client-credentials-basic", "a program for itself, with a secret")
def test_a_program_acts_for_itself_with_a_secret(house: House, shop: str) -> None:
    told = house.create(*_FOR_ITSELF, "--resource", f"{shop}/mcp")
    provider = ClientCredentialsOAuthProvider(
        f"{shop}/mcp",
        Memory(),
        told["CLIENT_ID"],
        told["CLIENT_SECRET"],
        scope="orders:read",
        issuer=house.issuer,
    )
    assert call(shop, "look", {}, auth=provider) == (False, f"{told['CLIENT_ID']}: orders:read")


@pytest.mark.compliance(MCP, "auth/client-credentials-jwt", "a program for itself, with a key")
def test_a_program_acts_for_itself_with_a_key(house: House, shop: str, tmp_path: Path) -> None:
    key = Key.generate("ES256")
    private = load_der_private_key(key.to_private_der(), None)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [key.public_jwk()]}))
    keyed = ("--auth-method", "private_key_jwt", "--jwks-file", str(tmp_path / "keys.json"))
    told = house.create(*_FOR_ITSELF, *keyed, "--resource", f"{shop}/mcp")
    signed = SignedJWTParameters(
        issuer=told["CLIENT_ID"],
        subject=told["CLIENT_ID"],
        signing_key=pem,
        signing_algorithm="ES256",
    )
    provider = PrivateKeyJWTOAuthProvider(
        f"{shop}/mcp",
        Memory(),
        told["CLIENT_ID"],
        signed.create_assertion_provider(),
        scope="orders:read",
        issuer=house.issuer,
    )
    assert call(shop, "look", {}, auth=provider) == (False, f"{told['CLIENT_ID']}: orders:read")
