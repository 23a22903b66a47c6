"""Programs that register themselves, and the suite's own site."""

import json
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from werkzeug.test import TestResponse

from gatepass_server.domain.secret import Secret
from gatepass_server.outbound.client import Outbound
from tests.conformance.bank import CHALLENGE, VERIFIER
from tests.conformance.suite import CALLBACK, Answer, Program, Tokens
from tests.support.house import House
from tests.support.visitor import Visitor

P = TypeVar("P", bound="Registered")
SITE = "https://suite.example.com/test/a/gatepass"


class Registered(Program):
    """Who registers by themselves must send a challenge: only the operator can let a program do without."""

    def request(self, **changed: str | None) -> dict[str, str]:
        """See ``Program.request``."""
        return super().request(**{"code_challenge": CHALLENGE, "code_challenge_method": "S256", **changed})

    def redeem(self, answer: Answer, *, verifier: str | None = VERIFIER, **asked: str | None) -> Tokens:
        """See ``Program.redeem``."""
        return super().redeem(answer, verifier=verifier, **asked)


def answer(house: House, **metadata: Any) -> TestResponse:
    """``POST /oauth2/register``."""
    usual = {"redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"]}
    return house.client.post("/oauth2/register", json={**usual, **metadata})


def registered(house: House, person: Visitor, **metadata: Any) -> Registered:
    """Register a program, as the suite does, and check the answer."""
    return register_as(Registered, house, person, **metadata)


def register_as(kind: type[P], house: House, person: Visitor, **metadata: Any) -> P:
    """The same, for a program that behaves in another way."""
    response = answer(house, **metadata)
    assert response.status_code == 201, response.text
    assert response.headers["Content-Type"] == "application/json"
    told = response.get_json()
    assert told["client_id"]
    assert metadata.items() <= told.items()
    secret = told.get("client_secret")
    assert secret is None or told["client_secret_expires_at"] == 0
    client = house.gatepass.clients.get(told["client_id"])
    return kind(house, person, client, None if secret is None else Secret(secret))


def serve_site(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the suite's own site answers, by address: texts as they are, all else as JSON."""
    documents: dict[str, object] = {}

    def get(_: object, url: str, **__: object) -> SimpleNamespace:
        found = documents[url]
        text = found if isinstance(found, str) else json.dumps(found)
        return SimpleNamespace(body=text.encode(), headers={}, status=200)

    monkeypatch.setattr(Outbound, "get", get)
    return documents
