"""The same server inside somebody's own Flask program."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from gatepass import Key, Verifier, jose
from gatepass.dpop import make_proof
from gatepass.flask import TokenGuard
from gatepass_server.web.app import NAME
from tests.support.clock import FakeClock
from tests.support.hosts import ACCOUNT, host_app, mount_settings
from tests.support.house import EMAIL


def test_the_endpoints_of_the_contract_answer_under_the_prefix(mounted: Flask) -> None:
    client = mounted.test_client()
    assert client.post("/auth/signup", data=ACCOUNT).status_code == 201
    assert client.post("/auth/signup", data=ACCOUNT).status_code == 202
    tokens = client.post("/auth/login", json=ACCOUNT).get_json()
    bearer = {"Authorization": f"Bearer {tokens['token']}"}
    assert client.get("/auth/me", headers=bearer).get_json()["email"] == EMAIL
    assert client.get("/auth/user", headers={"x-access-token": tokens["token"]}).status_code == 200
    refreshed = client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert refreshed.status_code == 200
    for path in ("/healthz", "/readyz", "/openapi.json", "/.well-known/jwks.json"):
        assert client.get(f"/auth{path}").status_code == 200
        assert client.get(path).status_code == 404


def test_the_issuer_is_the_hosts_address_and_the_prefix(mounted: Flask, clock: FakeClock) -> None:
    client = mounted.test_client()
    metadata = client.get("/auth/.well-known/openid-configuration").get_json()
    assert metadata["issuer"] == "http://127.0.0.1:8000/auth"
    jwks_path = metadata["jwks_uri"].removeprefix("http://127.0.0.1:8000")
    client.post("/auth/signup", data=ACCOUNT)
    token = client.post("/auth/login", data=ACCOUNT).get_json()["token"]
    issuer = metadata["issuer"]
    verifier = Verifier.from_jwks(
        client.get(jwks_path).get_json(), issuer=issuer, audience=issuer, clock=clock
    )
    assert verifier.verify(token).subject


def test_the_guard_protects_the_hosts_own_routes(mounted: Flask, clock: FakeClock) -> None:
    client = mounted.test_client()
    assert client.get("/orders").status_code == 401
    client.post("/auth/signup", data=ACCOUNT)
    token = client.post("/auth/login", data=ACCOUNT).get_json()["token"]
    for headers in ({"Authorization": f"Bearer {token}"}, {"x-access-token": token}):
        assert client.get("/orders", headers=headers).status_code == 200
    assert client.get("/orders", headers={"x-access-token": token + "x"}).get_json() == {
        "message": "Token is invalid"
    }
    clock.advance(1801)
    assert client.get("/orders", headers={"x-access-token": token}).status_code == 401


@pytest.mark.compliance("RFC 9449", "7.1", "a proof names the address that the client calls, prefix and all")
def test_a_bound_token_is_shown_with_its_proof_below_the_prefix_and_at_the_hosts_routes(
    mounted: Flask, clock: FakeClock
) -> None:
    client = mounted.test_client()
    client.post("/auth/signup", data=ACCOUNT)
    said = jose.unproven_claims(client.post("/auth/login", data=ACCOUNT).get_json()["token"])
    key = Key.generate("ES256")
    claims = {"sid": said["sid"], "cnf": {"jkt": key.thumbprint}}
    signer = mounted.extensions[NAME].signer()
    token = signer.issue(said["sub"], scopes=["account"], client_id="gatepass", claims=claims)

    def status(path: str, named: str) -> int:
        url = f"http://127.0.0.1:8000{named}"
        proof = make_proof(key, method="GET", url=url, token=token, clock=clock)
        headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
        return client.get(path, headers=headers).status_code

    assert status("/auth/me", "/auth/me") == 200
    assert status("/auth/me", "/me") == 401
    assert status("/orders", "/orders") == 200
    assert client.get("/orders", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_hosts_routes_errors_and_headers_are_untouched(mounted: Flask) -> None:
    client = mounted.test_client()
    page = client.get("/")
    assert page.text == "the host's page"
    assert {name for name, _ in page.headers} == {"Content-Type", "Content-Length", "X-Host"}
    for path in ("/broken", "/nothing", "/auth/nothing"):
        assert (client.get(path).status_code, client.get(path).text) == (404, "the host's own 404")
    assert client.get("//", follow_redirects=False).status_code in {200, 308}


def test_a_fault_in_the_host_stays_the_hosts(mounted: Flask) -> None:
    def fail() -> str:
        raise RuntimeError("the host's own fault")

    mounted.add_url_rule("/fail", view_func=fail)
    mounted.config["PROPAGATE_EXCEPTIONS"] = False
    answer = mounted.test_client().get("/fail")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/html")


def test_mounted_answers_have_our_errors_and_headers_and_the_hosts_too(mounted: Flask) -> None:
    answer = mounted.test_client().post("/auth/signup", json=[])
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-Id"]
    assert answer.headers["X-Host"] == "yes"


def test_a_body_limit_of_the_hosts_own_uploads_is_not_changed(mounted: Flask) -> None:
    from flask import request  # noqa: PLC0415 - only this host reads bodies

    mounted.add_url_rule("/upload", view_func=lambda: str(len(request.get_data())), methods=["POST"])
    client = mounted.test_client()
    assert client.post("/upload", data=b"a" * 200_000).text == "200000"
    assert client.post("/auth/login", data=b"a" * 200_000).status_code == 413


def test_a_shared_secret_is_published_nowhere(
    put_into: Callable[..., TokenGuard], ready_database_url: str, tmp_path: Path, clock: FakeClock
) -> None:
    app, secret = host_app(), "a secret of thirty-two bytes or more"
    put_into(app, settings=mount_settings(ready_database_url, tmp_path, signing_secret=secret))
    client = app.test_client()
    client.post("/auth/signup", data=ACCOUNT)
    token = client.post("/auth/login", data=ACCOUNT).get_json()["token"]
    issuer = "http://127.0.0.1:8000/auth"
    assert Verifier.from_secret(secret, issuer=issuer, audience=issuer, clock=clock).verify(token).subject
    for document in ("jwks.json", "openid-configuration", "oauth-authorization-server"):
        assert client.get(f"/auth/.well-known/{document}").status_code == 404
    described = client.get("/auth/openapi.json")
    assert not [path for path in described.get_json()["paths"] if "well-known" in path]
    assert secret not in described.text


def test_two_programs_in_one_process_know_nothing_of_each_other(
    put_into: Callable[..., TokenGuard], tmp_path: Path
) -> None:
    tokens, apps = [], []
    for name in ("one", "two"):
        app = host_app()
        (tmp_path / name).mkdir(mode=0o700)
        put_into(app, settings=mount_settings(f"sqlite:///{tmp_path / name / 'g.db'}", tmp_path, name))
        client = app.test_client()
        assert client.post("/auth/signup", data=ACCOUNT).status_code == 201
        tokens.append(client.post("/auth/login", data=ACCOUNT).get_json()["token"])
        apps.append(app)
    for number, app in enumerate(apps):
        client = app.test_client()
        assert client.get("/auth/me", headers={"x-access-token": tokens[number]}).status_code == 200
        assert client.get("/auth/me", headers={"x-access-token": tokens[1 - number]}).status_code == 401


@pytest.mark.parametrize("prefix", ["", "/"])
def test_an_empty_prefix_puts_the_endpoints_at_the_root(
    put_into: Callable[..., TokenGuard], ready_database_url: str, tmp_path: Path, prefix: str
) -> None:
    app = host_app()
    put_into(app, prefix=prefix, settings=mount_settings(ready_database_url, tmp_path))
    client = app.test_client()
    assert client.get("/").text == "the host's page"
    assert client.post("/signup", data=ACCOUNT).status_code == 201
    metadata = client.get("/.well-known/openid-configuration").get_json()
    assert metadata["issuer"] == "http://127.0.0.1:8000"


@pytest.mark.parametrize("prefix", ["/auth/", "/a/b/c"])
def test_other_prefixes_do_as_well(
    put_into: Callable[..., TokenGuard], ready_database_url: str, tmp_path: Path, prefix: str
) -> None:
    app = host_app()
    put_into(app, prefix=prefix, settings=mount_settings(ready_database_url, tmp_path))
    assert app.test_client().get(f"{prefix.rstrip('/')}/healthz").status_code == 200
    assert NAME in app.blueprints
