"""A guard in front of an MCP server: each tool asks for what it needs, and refusals are answers of HTTP."""

from collections.abc import Generator, Iterator

import anyio
import httpx2
import pytest
from mcp import MCPError
from mcp.client.auth.utils import (
    extract_field_from_www_auth,
    extract_resource_metadata_from_www_auth,
    extract_scope_from_www_auth,
)
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from gatepass import Key, Verifier
from gatepass.dpop import make_proof
from gatepass.guard import Requirement
from gatepass.mcp import TokenGuard
from gatepass.testing import BAD_TOKENS, FakeIssuer
from tests.adapters.adapters import running
from tests.adapters.conftest import AUDIENCE
from tests.adapters.mcp_calls import MODES, call, message, post

PLACE = ".well-known/oauth-protected-resource/mcp"


@pytest.fixture(scope="module")
def server(issuer: FakeIssuer) -> Iterator[str]:
    """The runnable example."""
    with running(["examples/frameworks/mcp_app.py"], ISSUER=issuer.name, AUDIENCE=AUDIENCE) as url:
        yield url


@pytest.mark.parametrize("mode", MODES)
def test_an_open_tool_greets_everybody(mode: str, server: str, issuer: FakeIssuer) -> None:
    assert call(server, "open", {}, mode=mode) == (False, "hello stranger")
    assert call(server, "open", issuer.headers("ann"), mode=mode) == (False, "hello ann")


@pytest.mark.parametrize("mode", MODES)
def test_protected_tools_run_for_those_who_may(mode: str, server: str, issuer: FakeIssuer) -> None:
    assert call(server, "protected", issuer.headers("ann"), mode=mode) == (False, "ann")
    granted = issuer.headers("ann", scopes=["orders:read"])
    assert call(server, "scoped", granted, mode=mode) == (False, "ann may orders:read")
    for tool, headers in (("protected", {}), ("scoped", {}), ("scoped", issuer.headers("ann"))):
        with pytest.raises(MCPError):
            call(server, tool, headers, mode=mode)


@pytest.mark.compliance("RFC 9728", "5.1", "the challenge of an MCP server names its metadata document")
def test_a_call_without_a_token_is_led_to_the_issuer(server: str, issuer: FakeIssuer) -> None:
    answer = post(server, message("tools/call", name="protected"), {})
    assert (answer.status_code, answer.json()) == (401, {"message": "Token is missing"})
    assert extract_resource_metadata_from_www_auth(answer) == f"{server}/{PLACE}"
    assert extract_field_from_www_auth(answer, "error") is None
    document = httpx2.get(f"{server}/{PLACE}").json()
    assert (document["resource"], document["authorization_servers"]) == (f"{server}/mcp", [issuer.name])


@pytest.mark.compliance("MCP", "authorization", "a challenge names the scopes that the call needs")
def test_a_call_without_a_scope_is_told_which_one(server: str, issuer: FakeIssuer) -> None:
    wanted = message("tools/call", name="scoped")
    for headers, status, error in (({}, 401, None), (issuer.headers("ann"), 403, "insufficient_scope")):
        answer = post(server, wanted, headers)
        assert answer.status_code == status
        assert extract_field_from_www_auth(answer, "error") == error
        assert extract_scope_from_www_auth(answer) == "orders:read"
        assert extract_resource_metadata_from_www_auth(answer) == f"{server}/{PLACE}"


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_a_bad_token_is_refused_even_where_none_is_needed(name: str, server: str, issuer: FakeIssuer) -> None:
    answer = post(server, message("tools/call", name="open"), issuer.bad_token(name).headers)
    assert answer.status_code == 401
    if name != "no_token":
        assert extract_field_from_www_auth(answer, "error") == "invalid_token"


def session(server: str, headers: dict[str, str]) -> dict[str, str]:
    """Open a session of the older protocol; the headers that go on with it."""
    about = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    answer = post(server, message("initialize", **about), headers)
    assert answer.status_code == 200
    going_on = {
        "mcp-session-id": answer.headers["mcp-session-id"],
        "mcp-protocol-version": "2025-11-25",
    }
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert post(server, ready, {**headers, **going_on}).status_code == 202
    return going_on


def test_every_request_of_a_session_is_judged_by_its_own_token(server: str, issuer: FakeIssuer) -> None:
    weak, strong = issuer.headers("ann"), issuer.headers("ann", scopes=["orders:read"])
    going_on = session(server, weak)
    wanted = message("tools/call", name="scoped")
    assert post(server, wanted, {**weak, **going_on}).status_code == 403
    assert "ann may orders:read" in post(server, wanted, {**strong, **going_on}).text
    assert post(server, wanted, {**weak, **going_on}).status_code == 403


def test_nobody_goes_on_with_the_session_of_another(server: str, issuer: FakeIssuer) -> None:
    going_on = session(server, issuer.headers("ann"))
    wanted = message("tools/call", name="open")
    assert "hello ann" in post(server, wanted, {**issuer.headers("ann"), **going_on}).text
    for other in (issuer.headers("eve"), {}):
        assert post(server, wanted, {**other, **going_on}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"open"},"params":{"name":"scoped"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"scoped"},"params":{"name":"open"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"open","name":"scoped"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"scoped","name":"open"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sco\\u0070ed"}}',
        b'[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"scoped"}}]',
        b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"scoped"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"scoped","x":NaN}}',
        b"[" * 100_000,
    ],
)
def test_no_spelling_of_a_call_reaches_a_tool_that_needs_more(
    body: bytes, server: str, issuer: FakeIssuer
) -> None:
    going_on = session(server, issuer.headers("ann"))
    answer = post(server, body, {**issuer.headers("ann"), **going_on})
    assert "may" not in answer.text
    assert answer.status_code < 500


def test_a_long_request_reaches_its_tool(server: str, issuer: FakeIssuer) -> None:
    long = {"text": "x" * 1_000_000}
    assert call(server, "protected", issuer.headers("ann"), arguments=long) == (False, "ann")
    too_long = message("tools/call", name="protected", arguments={"text": "x" * 5_000_000})
    assert post(server, too_long, issuer.headers("ann")).status_code == 413


def test_a_tool_judges_its_caller_in_whatever_way_it_is_called(issuer: FakeIssuer) -> None:
    server, guard = MCPServer("orders"), TokenGuard(issuer.verifier())

    @server.tool()
    @guard.token_required("orders:read")
    async def orders(number: int) -> int:
        return number

    with pytest.raises(ToolError, match="No token was given"):
        anyio.run(server.call_tool, "orders", {"number": 1})
    (tool,) = anyio.run(server.list_tools)
    assert list(tool.input_schema["properties"]) == ["number"]
    with pytest.raises(ToolError):
        _ = guard.principal
    assert guard.optional_principal is None


async def ask(guard: TokenGuard, asked: Requirement, headers: dict[str, str], tool: str) -> httpx2.Response:
    """Ask a server that answers all that reaches it."""

    async def reached(_scope: object, receive: object, send: object) -> None:
        del receive
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"reached"})  # type: ignore[operator]

    transport = httpx2.ASGITransport(guard.protect(reached, asked))
    async with httpx2.AsyncClient(transport=transport, base_url="https://mcp.test") as client:
        return await client.post("/mcp", json=message("tools/call", name=tool), headers=headers)


@pytest.mark.compliance("MCP", "authorization", "one challenge names all scopes that the call needs")
def test_one_challenge_names_all_scopes_of_server_and_tool(issuer: FakeIssuer) -> None:
    guard = TokenGuard(issuer.verifier(), realm="orders")

    @guard.token_required("orders:write", max_age=60, name="change")
    def change_order() -> None: ...

    asked = Requirement(scopes=("tools",))
    for scopes, tool, told in (
        ((), "change", "tools orders:write"),
        (("tools",), "change", "tools orders:write"),
        (("orders:write",), "change", "tools orders:write"),
        ((), "other", "tools"),
    ):
        answer = anyio.run(ask, guard, asked, issuer.headers(scopes=scopes), tool)
        assert (answer.status_code, extract_scope_from_www_auth(answer)) == (403, told)
    assert extract_scope_from_www_auth(anyio.run(ask, guard, asked, {}, "other")) == "tools"
    both = ["tools", "orders:write"]
    stale = anyio.run(ask, guard, asked, issuer.headers(scopes=both), "change")
    assert extract_field_from_www_auth(stale, "error") == "insufficient_user_authentication"
    fresh = issuer.headers(scopes=both, claims={"auth_time": int(issuer.clock())})
    assert anyio.run(ask, guard, asked, fresh, "change").text == "reached"


def test_an_outage_of_the_issuer_is_not_taken_for_a_bad_token(issuer: FakeIssuer) -> None:
    guard = TokenGuard(Verifier("http://127.0.0.1:9", audience=AUDIENCE))
    away = issuer.headers(issuer="http://127.0.0.1:9")
    answer = anyio.run(ask, guard, Requirement(), away, "any")
    assert (answer.status_code, "WWW-Authenticate" in answer.headers) == (503, False)
    assert int(answer.headers["Retry-After"]) > 0


class Proving(httpx2.Auth):
    """Presents a bound token with a new proof for every request, as a client of RFC 9449 does."""

    def __init__(self, key: Key, token: str) -> None:
        self.key, self.token = key, token

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        proof = make_proof(self.key, method=request.method, url=str(request.url), token=self.token)
        request.headers["Authorization"] = f"DPoP {self.token}"
        request.headers["DPoP"] = proof
        yield request


@pytest.mark.compliance("RFC 9449", "7.1", "a bound token with a good proof is accepted")
def test_a_bound_token_calls_a_tool_with_its_proofs(issuer: FakeIssuer) -> None:
    key = Key.generate("ES256")
    token = issuer.token("ann", scopes=["orders:read"], claims={"cnf": {"jkt": key.thumbprint}})
    program = ["-m", "tests.adapters.apps.mcp_dpop"]
    with running(program, ISSUER=issuer.name, AUDIENCE=AUDIENCE) as url:
        assert call(url, "scoped", {}, auth=Proving(key, token)) == (False, "ann")
        with pytest.raises(MCPError):
            call(url, "scoped", {}, auth=Proving(Key.generate("ES256"), token))
        refused = post(url, message("tools/list"), {"Authorization": f"Bearer {token}"})
        assert refused.status_code == 401
        assert 'DPoP resource_metadata="' in refused.headers.get_list("WWW-Authenticate")[1]
