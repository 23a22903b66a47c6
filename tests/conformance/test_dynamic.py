"""Dynamic OP: programs that register themselves (OpenID Connect Registration 1.0)."""

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gatepass_server.domain.secret import Secret
from gatepass_server.outbound.client import Outbound
from tests.conformance.suite import CALLBACK, Program
from tests.support.house import House
from tests.support.visitor import Visitor

SITE = "https://suite.example.com/test/a/gatepass"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the suite's own site answers, by address."""
    documents: dict[str, object] = {}

    def get(_: object, url: str, **__: object) -> SimpleNamespace:
        return SimpleNamespace(body=json.dumps(documents[url]).encode(), headers={}, status=200)

    monkeypatch.setattr(Outbound, "get", get)
    return documents


@pytest.fixture
def house(open_house: Callable[..., House]) -> Iterator[House]:
    """A house where anybody may register programs."""
    house = open_house(registration="open")
    house.sign_up()
    return house


def answer(house: House, **metadata: Any) -> TestResponse:
    """``POST /oauth2/register``."""
    usual = {"redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"]}
    return house.client.post("/oauth2/register", json={**usual, **metadata})


def registered(house: House, person: Visitor, **metadata: Any) -> Program:
    """Register a program, as the suite does, and check the answer."""
    response = answer(house, **metadata)
    assert response.status_code == 201, response.text
    assert response.headers["Content-Type"] == "application/json"
    told = response.get_json()
    assert told["client_id"]
    assert metadata.items() <= told.items()
    secret = told.get("client_secret")
    assert secret is None or told["client_secret_expires_at"] == 0
    client = house.gatepass.clients.get(told["client_id"])
    return Pkce(house, person, client, None if secret is None else Secret(secret))


class Pkce(Program):
    """Who registers by themselves must send a challenge: only the operator can let a program do without."""

    VERIFIER = "dBjftJeZ4CVP-mBtPT5vbHrhaWGnw9rRqfLmS_W_0vQ"

    def request(self, **changed: str | None) -> dict[str, str]:
        """See ``Program.request``."""
        usual = {
            "code_challenge": "dirn7MlIZPuYUatYIoNs9zkEpbM8-RrbIhsRDr2qAdI",
            "code_challenge_method": "S256",
        }
        return super().request(**{**usual, **changed})


@pytest.mark.oidf("oidcc-idtoken-rs256")
def test_an_id_token_is_signed_with_rs256_for_who_asks(house: House, person: Visitor) -> None:
    header = registered(house, person, id_token_signed_response_alg="RS256").sign_in().header
    assert header["alg"] == "RS256"
    assert header["kid"]
    refused = answer(house, id_token_signed_response_alg="none")
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_client_metadata")
