"""The programs that the how-tos for frameworks write do what the pages say."""

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse

import gatepass
from gatepass.testing import FakeIssuer

HOWTO = Path(__file__).parents[2] / "docs" / "howto"


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer("https://auth.example.com")


def program(
    page: str, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch, *, blocks: int = -1
) -> dict[str, Any]:
    """Run the code of a page, whose issuer is one of this machine."""
    monkeypatch.setattr(gatepass, "Verifier", lambda _issuer, audience: issuer.verifier(audience=audience))
    code = re.findall(r"```python\n(.*?)```", (HOWTO / page).read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {"__name__": page}
    exec("\n".join(code if blocks < 0 else code[:blocks]), names)
    return names


def granted(issuer: FakeIssuer, *scopes: str, **claims: Any) -> dict[str, str]:
    return issuer.headers("ann", audience="https://api.example.com", scopes=scopes, claims=claims)


def test_fastapi(issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    client = TestClient(program("protect-fastapi.md", issuer, monkeypatch, blocks=4)["app"])
    assert client.get("/orders").json() == {"message": "Token is missing"}
    assert client.get("/orders", headers=granted(issuer, "orders:read")).json() == "ann"
    assert client.get("/reports", headers=granted(issuer, "reports:read")).json() == "ann"
    assert client.get("/reports", headers=granted(issuer)).status_code == 403
    assert client.get("/greeting").json() == "hello stranger"
    assert client.get("/admin/users", headers=granted(issuer, "admin")).status_code == 401
    recent = granted(issuer, "admin", auth_time=int(issuer.clock()))
    assert client.get("/admin/users", headers=recent).json() == []
    assert client.delete("/orders/7", headers=granted(issuer, "orders:write")).json() == 7
    with client.websocket_connect("/chat", headers=granted(issuer, "chat")) as socket:
        assert socket.receive_text() == "ann"
    document = client.get("/openapi.json").json()
    assert document["paths"]["/orders/{number}"]["delete"]["security"] == [{"accessToken": ["orders:write"]}]
    assert "503" in document["paths"]["/orders"]["get"]["responses"]
    metadata = client.get("/.well-known/oauth-protected-resource").json()
    assert metadata["authorization_servers"] == [issuer.name]


def test_fastapi_with_a_caller_of_the_test(issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    client = TestClient(program("protect-fastapi.md", issuer, monkeypatch)["app"])
    assert client.get("/orders").json() == "ann"
    assert client.get("/admin/users").status_code == 403


def test_starlette(issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    client = TestClient(program("protect-starlette.md", issuer, monkeypatch)["app"])
    assert client.get("/orders", headers=granted(issuer, "orders:read")).json() == "ann"
    assert client.get("/orders").status_code == 401
    assert client.get("/greeting").json() == "hello stranger"
    assert client.get("/reports/daily", headers=granted(issuer, "reports:read")).json() == "ann"
    assert client.get("/reports/nothing").status_code == 401
    assert client.get("/user/mine", headers=granted(issuer, "orders:read")).json() == "ann"
    refused = client.get("/user/mine")
    assert (refused.status_code, "WWW-Authenticate" in refused.headers) == (403, False)
    with client.websocket_connect("/chat", headers=granted(issuer, "chat")) as socket:
        assert socket.receive_text() == "ann"
    with pytest.raises(WebSocketDenialResponse), client.websocket_connect("/chat"):
        raise AssertionError("it was let in")
    assert client.get("/.well-known/oauth-protected-resource").json()["resource"] == "https://api.example.com"


def test_mcp(issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    made = program("protect-mcp.md", issuer, monkeypatch)
    address = made["ADDRESS"]

    def call(app: Any, tool: str, *scopes: str) -> str:
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool}}
        headers = issuer.headers("ann", audience=address, scopes=scopes) if scopes else {}
        answer = TestClient(app).post("/mcp", json=message, headers=headers)
        return f"{answer.status_code} {answer.headers['WWW-Authenticate']}"

    assert call(made["app"], "list_orders").startswith("401 Bearer resource_metadata=")
    told = call(made["app"], "list_orders", "other")
    assert told.startswith("403")
    assert 'scope="orders:read"' in told
    assert call(made["plain_app"], "cancel_order").startswith("401")
    assert 'error="insufficient_scope"' in call(made["plain_app"], "cancel_order", "other")
    for name in ("app", "plain_app"):
        document = TestClient(made[name]).get("/.well-known/oauth-protected-resource/mcp").json()
        assert (document["resource"], document["authorization_servers"]) == (address, [issuer.name])
