"""A server in processes of its own for each file, with an account, and programs that are registered there."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.relying.running import NODE, running
from tests.relying.visitor import Visitor
from tests.support.server import Server, serving, sign_up

GRANTS = ("authorization_code", "refresh_token")
SHORT = "30"
"""Seconds that an access token lives: so few that programs refresh it before they use it."""


@dataclass
class House:
    """A running server, as programs see it. ``trust`` is the certificate to believe, where it is the tests' own."""

    server: Server
    issuer: str
    folder: Path
    trust: str = ""

    def register(self, *redirect_uris: str, name: str = "Wiki", **metadata: Any) -> dict[str, str]:
        """Register a program as it would itself (RFC 7591); what it is told."""
        asked = {"client_name": name, "redirect_uris": redirect_uris, "grant_types": GRANTS, **metadata}
        answer = httpx.post(f"{self.server.url}/oauth2/register", json=asked, timeout=30)
        assert answer.status_code == 201, answer.text
        return self._told(answer.json())

    def create(self, *options: str, name: str = "Wiki") -> dict[str, str]:
        """Register a program as the operator does; what it is told."""
        ended = self.server.command("clients", "create", "--json", "--name", name, *options)
        assert ended.returncode == 0, ended.stderr
        return self._told(json.loads(ended.stdout))

    def _told(self, made: dict[str, Any]) -> dict[str, str]:
        known = {"ISSUER": self.issuer, "CLIENT_ID": str(made["client_id"])}
        if "client_secret" in made:
            known["CLIENT_SECRET"] = str(made["client_secret"])
        if self.trust:
            known |= dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), self.trust)
        return known

    def running(self, *command: str, **told: Any) -> AbstractContextManager[str]:
        """Run a program beside the server."""
        return running(*command, folder=self.folder, **told)

    def visitor(self) -> Visitor:
        """A person with a browser of their own."""
        return Visitor(self.issuer, trust=self.trust)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server on loopback, at plain http, whose keys are those of a new house: RSA. It tells programs there, too."""
    folder = tmp_path_factory.mktemp("relying")
    settings = {
        "signing_algorithm": "RS256",
        "access_token_ttl": SHORT,
        "registration": "open",
        "outbound_allow": "127.0.0.1",
        "outbound_insecure": "true",
    }
    with serving(folder, port=None, **settings) as server:
        assert sign_up(server.url).status_code == 201
        yield House(server, server.url, folder)


@pytest.fixture
def visitor(house: House) -> Iterator[Visitor]:
    """Somebody with an account who is not signed in."""
    with house.visitor() as one:
        yield one


@pytest.fixture(scope="session")
def node() -> str:
    """Node, with the libraries of ``node/package.json``. In CI both must be there."""
    found = shutil.which("node")
    if found and (NODE / "node_modules").is_dir():
        return found
    reason = "Node and its libraries are not installed: make test installs them where npm is"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
