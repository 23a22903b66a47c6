"""MCP clients and servers, both with the SDK: discovery, registration, sign-in, resource indicators, refresh."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp.shared.auth import OAuthClientInformationFull
from pydantic import AnyUrl

from tests.adapters.mcp_calls import call
from tests.relying.conftest import House
from tests.relying.mcp_client import CALLBACK, Browser, Memory, sign_in_with
from tests.relying.visitor import Visitor
from tests.support.server import free_port, serving, sign_up

HOWTO = Path(__file__).parents[2] / "docs/howto/mcp.md"


@pytest.fixture(scope="module")
def port() -> int:
    """Where the MCP server listens."""
    return free_port()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[House]:
    """A server with the switch of the how-to."""
    folder = tmp_path_factory.mktemp("relying")
    switch = {
        "mcp_servers": f"http://127.0.0.1:{port}/mcp",
        "registration_scope": "orders:read offline_access",
    }
    with serving(folder, **switch) as server:
        assert sign_up(server.url).status_code == 201
        yield House(server, server.url, folder)


@pytest.fixture(scope="module")
def orders(house: House, port: int) -> Iterator[str]:
    """The MCP server of the how-to."""
    address = f"http://127.0.0.1:{port}"
    (code,) = re.findall(r"```python\n(.*?)```", HOWTO.read_text("utf-8"), re.DOTALL)
    code = code.replace("http://127.0.0.1:9000", address).replace("http://127.0.0.1:8000", house.issuer)
    (house.folder / "orders.py").write_text(code, "utf-8")
    command = (sys.executable, "-m", "uvicorn", "orders:app", "--port", str(port))
    with house.running(*command, port=port):
        yield address


def test_a_client_that_was_registered_beforehand(house: House, orders: str, visitor: Visitor) -> None:
    told = house.create(
        "--public", "--redirect-uri", CALLBACK, "--resource", f"{orders}/mcp", "--scope", "orders:read"
    )
    known = OAuthClientInformationFull(
        client_id=told["CLIENT_ID"], token_endpoint_auth_method="none", redirect_uris=[AnyUrl(CALLBACK)]
    )
    browser = Browser(visitor.carry)
    provider = sign_in_with(f"{orders}/mcp", Memory(known), browser)
    failed, said = call(orders, "orders", {}, auth=provider)
    assert (failed, said.startswith("orders of ")) == (False, True)


def test_a_client_that_registers_itself(orders: str, visitor: Visitor) -> None:
    memory, browser = Memory(), Browser(visitor.carry)
    provider = sign_in_with(f"{orders}/mcp", memory, browser)
    failed, said = call(orders, "orders", {}, auth=provider)
    assert (failed, said.startswith("orders of ")) == (False, True)
    assert browser.asked[0]["resource"] == f"{orders}/mcp"
    assert memory.tokens[0].scope == "orders:read offline_access"
    provider.context.token_expiry_time = 1  # as if its time were over
    assert call(orders, "orders", {}, auth=provider) == (False, said)
    assert len(browser.asked) == 1
    first, second = memory.tokens
    assert first.refresh_token != second.refresh_token
