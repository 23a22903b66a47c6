"""The programs that the how-tos for Django, Flask and WSGI write do what the pages say."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings
from django.urls import path
from werkzeug.test import Client as WsgiClient

import gatepass
from gatepass.testing import FakeIssuer
from tests.adapters import django_project  # noqa: F401 - Django wants its settings before it is used

HOWTO = Path(__file__).parents[2] / "docs" / "howto"
API = "https://api.example.com"


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> FakeIssuer:
    """The issuer that the pages name, on this machine."""
    made = FakeIssuer("https://auth.example.com", audience=API)
    monkeypatch.setattr(gatepass, "Verifier", lambda _issuer, audience: made.verifier(audience=audience))
    return made


def code(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (HOWTO / page).read_text("utf-8"), re.DOTALL)


def names_of(page: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": page}
    exec("\n".join(code(page)), names)
    return names


@pytest.mark.usefixtures("issuer")
def test_flask(issuer: FakeIssuer) -> None:
    client = names_of("protect-flask.md")["app"].test_client()
    assert client.get("/orders", headers=issuer.headers("ann", scopes=["orders:read"])).json == {
        "caller": "ann"
    }
    refused = client.get("/orders")
    assert (refused.status_code, refused.content_type) == (401, "application/problem+json")
    assert refused.get_json(force=True) == {"title": "Token is missing", "status": 401}
    assert "resource_metadata=" in refused.headers["WWW-Authenticate"]
    assert client.get("/greeting").json == {"hello": "stranger"}
    assert client.get("/orders/7").status_code == 401
    assert client.get("/orders/7", headers=issuer.headers("ann")).json == {"number": 7, "caller": "ann"}
    assert client.delete("/orders/7", headers=issuer.headers()).status_code == 403
    recent = issuer.headers(scopes=["orders:write"], claims={"auth_time": int(issuer.clock())})
    assert client.delete("/orders/7", headers=recent).json == {"deleted": 7}
    assert client.get("/admin/users").status_code == 401
    assert client.get("/admin/users", headers=issuer.headers()).status_code == 403
    assert client.get("/admin/users", headers=issuer.headers("ann", scopes=["admin"])).json == {
        "asked by": "ann"
    }
    found = client.get("/.well-known/oauth-protected-resource").json
    assert found is not None
    assert found["resource"] == API


def test_wsgi(issuer: FakeIssuer) -> None:
    made = names_of("protect-wsgi.md")

    def ask(app: str, place: str = "/", headers: dict[str, str] | None = None, method: str = "GET") -> str:
        answer = WsgiClient(made[app]).open(place, headers=headers, method=method)
        return f"{answer.status_code} {answer.text}" if answer.status_code == 200 else str(answer.status_code)

    ann = issuer.headers("ann")
    assert (ask("app"), ask("app", headers=ann)) == ("401", "200 hello ann")
    assert (ask("scoped", headers=ann), ask("optional")) == ("403", "200 hello stranger")
    assert ask("app", "/.well-known/oauth-protected-resource").startswith("200")
    assert (ask("by_path", "/new"), ask("by_path", "/catalogue/1")) == ("401", "200 hello stranger")
    assert (ask("by_path", "/admin", ann), ask("by_path", "/administer", ann)) == ("403", "200 hello ann")
    assert ask("by_path", "/health", issuer.headers(expired=True)) == "200 hello stranger"
    assert ask("by_path", "/health/../admin") == "400"
    assert (ask("by_method"), ask("by_method", method="POST")) == ("200 hello stranger", "401")
    assert (
        ask("by_method", method="POST", headers=issuer.headers("ann", scopes=["orders:write"]))
        == "200 hello ann"
    )


@pytest.fixture
def shop(issuer: FakeIssuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The files of the Django page; a function that imports one of them."""
    assert issuer.name == "https://auth.example.com"
    for block in code("protect-django.md"):
        head = re.match(r"# (shop/\w+\.py)\n", block)
        assert head is not None
        file = tmp_path / head[1]
        file.parent.mkdir(exist_ok=True)
        file.write_text(block)
    monkeypatch.syspath_prepend(tmp_path)
    yield lambda name: importlib.import_module(f"shop.{name}")
    for name in [name for name in sys.modules if name.split(".")[0] == "shop"]:
        del sys.modules[name]


def settings_of(module: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if name.isupper()}


def test_django(issuer: FakeIssuer, shop: Any) -> None:
    with override_settings(**settings_of(shop("settings"))):
        client = Client(enforce_csrf_checks=True)
        good = client.get("/orders", headers=issuer.headers("ann", scopes=["orders:read"]))
        assert good.json() == {"caller": "ann"}
        assert client.get("/orders", headers=issuer.headers()).status_code == 403
        assert client.get("/greeting").json() == {"hello": "stranger"}
        assert client.delete("/orders/7").status_code == 401
        recent = issuer.headers("ann", scopes=["orders:write"], claims={"auth_time": int(issuer.clock())})
        assert client.delete("/orders/7", headers=recent).json() == {"deleted": 7, "by": "ann"}
        assert client.get("/nothing").status_code == 404
        assert client.get("/.well-known/oauth-protected-resource").json()["resource"] == API


def test_django_with_its_protection_against_forged_requests(issuer: FakeIssuer, shop: Any) -> None:
    settings = settings_of(shop("settings"))
    settings["MIDDLEWARE"] = [*settings["MIDDLEWARE"], "django.middleware.csrf.CsrfViewMiddleware"]
    with override_settings(**settings):
        client = Client(enforce_csrf_checks=True)
        recent = issuer.headers("ann", scopes=["orders:write"], claims={"auth_time": int(issuer.clock())})
        assert client.delete("/orders/7", headers=recent).json() == {"deleted": 7, "by": "ann"}
        assert client.post("/greeting", headers=issuer.headers()).status_code == 403


def test_django_rest_framework(issuer: FakeIssuer, shop: Any) -> None:
    with override_settings(**settings_of(shop("api_settings"))):
        api = shop("api")
        urls: Any = type(sys)("urls")
        urls.urlpatterns = [path("orders", api.Orders.as_view()), path("reports", api.Reports.as_view())]
        with override_settings(ROOT_URLCONF=urls):
            client = Client()
            json = {"Accept": "application/json"}
            good = client.get("/orders", headers=json | issuer.headers("ann", scopes=["orders:read"]))
            assert good.json() == {"caller": "ann"}
            missing = client.get("/orders", headers=json)
            assert (missing.status_code, missing.json()) == (401, {"message": "Token is missing"})
            assert "resource_metadata=" in missing["WWW-Authenticate"]
            assert (
                client.get("/reports", headers=json | issuer.headers(scopes=["reports:read"])).status_code
                == 403
            )
            admin = client.get("/reports", headers=json | issuer.headers("ann", scopes=["admin"]))
            assert admin.json() == {"caller": "ann"}
