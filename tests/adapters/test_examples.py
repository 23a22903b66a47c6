"""Each adapter's example: the same three routes, over real HTTP."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gatepass.testing import FakeIssuer
from tests.adapters.adapters import running
from tests.support.server import log_in, serving, sign_up


@pytest.fixture(scope="module")
def issuer() -> Iterator[FakeIssuer]:
    """Its tokens are meant for itself, as those of ``make serve`` are."""
    issuer = FakeIssuer()
    with issuer.serve() as url:
        issuer.audience = url
        yield issuer


def test_the_open_route_knows_who_shows_a_token(example: httpx.Client, issuer: FakeIssuer) -> None:
    assert example.get("/open").json() == {"hello": "stranger"}
    assert example.get("/open", headers=issuer.headers("user-7")).json() == {"hello": "user-7"}
    assert example.get("/open", headers=issuer.headers(expired=True)).status_code == 401


def test_the_protected_route_wants_a_token(example: httpx.Client, issuer: FakeIssuer) -> None:
    refused = example.get("/protected")
    assert (refused.status_code, refused.json()) == (401, {"message": "Token is missing"})
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert example.get("/protected", headers=issuer.headers("user-7")).json() == {"caller": "user-7"}


def test_the_scoped_route_wants_a_scope(example: httpx.Client, issuer: FakeIssuer) -> None:
    lacking = example.get("/scoped", headers=issuer.headers(scopes=["orders:write"]))
    assert lacking.status_code == 403
    assert 'scope="orders:read"' in lacking.headers["WWW-Authenticate"]
    good = example.get("/scoped", headers=issuer.headers("user-7", scopes=["orders:write", "orders:read"]))
    assert good.json() == {"caller": "user-7", "scopes": ["orders:read", "orders:write"]}


@pytest.mark.compliance("RFC 9728", "3.2", "the metadata document names the resource and its issuers")
def test_the_example_tells_where_its_tokens_come_from(example: httpx.Client, issuer: FakeIssuer) -> None:
    document = example.get("/.well-known/oauth-protected-resource").json()
    assert document["resource"] == str(example.base_url).rstrip("/")
    assert document["authorization_servers"] == [issuer.name]


def test_what_is_not_there_is_not_found(example: httpx.Client, issuer: FakeIssuer) -> None:
    assert example.get("/nothing", headers=issuer.headers()).status_code == 404


def test_an_example_takes_the_tokens_of_a_server_as_it_comes(tmp_path: Path) -> None:
    with (
        serving(tmp_path) as server,
        running(["examples/frameworks/flask_app.py"], ISSUER=server.url) as example,
    ):
        sign_up(server.url)
        headers = {"Authorization": f"Bearer {log_in(server.url).json()['token']}"}
        assert httpx.get(f"{example}/protected", headers=headers).status_code == 200
        assert httpx.get(f"{example}/open", headers=headers).json() != {"hello": "stranger"}
        assert httpx.get(f"{example}/scoped", headers=headers).status_code == 403
