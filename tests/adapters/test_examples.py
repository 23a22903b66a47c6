"""Each adapter's example: the same three routes, over real HTTP."""

import httpx
import pytest

from gatepass.testing import FakeIssuer


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
