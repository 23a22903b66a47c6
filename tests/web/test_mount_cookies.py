"""Browsers at a host program's own pages: let in by the cookie, believed only with the proof of a page."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, make_response, render_template_string, request
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from werkzeug.test import TestResponse

from gatepass_server.web.caller import HostGuard
from tests.support.browsing import Browser
from tests.support.clock import FakeClock
from tests.support.hosts import ACCOUNT, host_app, mount_settings
from tests.support.house import EMAIL

HOST = "https://shop.example.com"
FORM = '<form method="post"><input type="hidden" name="csrf_token" value="{{ guard.csrf_token }}"></form>'
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class Host:
    """A shop with an account page, and what was changed in it."""

    def __init__(self, app: Flask, guard: HostGuard) -> None:
        self.app = app
        self.changes: list[str] = []

        @app.get("/account")
        @guard.token_required
        def account() -> str:
            return render_template_string("{{ guard.user.email }}" + FORM, guard=guard)

        @app.route("/change", methods=list(UNSAFE))
        @guard.token_required
        def change() -> ResponseReturnValue:
            self.changes.append(guard.principal.subject)
            return {"files": len(request.files), "fields": sorted(request.form)}

        @app.get("/cached")
        @guard.token_required
        def cached() -> ResponseReturnValue:
            answer = make_response("private")
            answer.headers["Cache-Control"] = "public, max-age=60"
            return answer

        @app.get("/fails")
        @guard.token_required
        def fails() -> ResponseReturnValue:
            return "not today", 409

        @app.get("/welcome")
        @guard.token_optional
        def welcome() -> str:
            return (
                f"welcome {guard.user.email if guard.optional_principal else 'stranger'}[{guard.csrf_token}]"
            )

        @app.get("/admin")
        @guard.token_required("admin")
        def admin() -> str:
            return "admin"

        @app.post("/slow")
        @guard.token_required
        async def slow() -> str:
            await asyncio.sleep(0)
            self.changes.append("slow")
            return "slow"

        class Orders(MethodView):
            decorators = [guard.token_required]  # noqa: RUF012 - as Flask declares it

            def delete(self) -> str:
                return "gone"

        app.add_url_rule("/orders", view_func=Orders.as_view("orders"))


@pytest.fixture
def host(put_into: Callable[..., HostGuard], ready_sqlite_url: str, tmp_path: Path) -> Host:
    app = host_app()
    settings = mount_settings(ready_sqlite_url, tmp_path, issuer=f"{HOST}/auth")
    return Host(app, put_into(app, settings=settings))


class Visitor(Browser):
    """A browser at the shop."""

    def __init__(self, host: Host) -> None:
        super().__init__(host, HOST)  # type: ignore[arg-type] # all it needs is the program, which both have

    def log_in(self, **headers: str) -> TestResponse:  # type: ignore[override] # one account is enough here
        answer = self.post("/auth/login", json={**ACCOUNT, "mode": "cookie"}, **headers)
        if answer.status_code == 201:
            self.csrf_token = answer.get_json()["csrf_token"]
        return answer


@pytest.fixture
def visitor(host: Host) -> Visitor:
    host.app.test_client().post("/auth/signup", data=ACCOUNT)
    visitor = Visitor(host)
    assert visitor.log_in().status_code == 201
    return visitor


def test_the_guard_lets_a_cookie_in_and_keeps_its_pages_private(visitor: Visitor) -> None:
    answer = visitor.get("/account")
    assert EMAIL in answer.text
    assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-store", "Cookie")


@pytest.mark.parametrize("path", ["/cached", "/fails", "/admin"])
def test_no_answer_to_a_cookie_is_kept_by_anybody(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).headers["Cache-Control"] == "no-store"


def test_a_token_is_answered_as_before(host: Host, visitor: Visitor) -> None:
    client = host.app.test_client(use_cookies=False)
    token = client.post("/auth/login", json=ACCOUNT).get_json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    answer = client.get("/cached", headers=bearer)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Vary" not in answer.headers
    assert client.post("/change", headers={**bearer, "Origin": "https://evil.example"}).status_code == 200
    assert host.changes == [visitor.get("/auth/me").get_json()["public_id"]]


def test_the_page_has_the_proof_in_its_form(visitor: Visitor) -> None:
    assert f'value="{visitor.csrf_token}"' in visitor.get("/account").text


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize("origin", [{"Origin": HOST}, {"Sec-Fetch-Site": "same-origin"}, {}])
@pytest.mark.parametrize("proof", ["header", "form", "multipart"])
def test_a_form_of_the_hosts_own_changes_something(
    host: Host, visitor: Visitor, method: str, origin: dict[str, str], proof: str
) -> None:
    token = visitor.csrf_token
    bodies: dict[str, dict[str, Any]] = {
        "header": {},
        "form": {"data": {"csrf_token": token, "a": "b"}},
        "multipart": {"data": {"csrf_token": token, "file": (io.BytesIO(b"x"), "x.txt")}},
    }
    headers = {**origin, **({"X-CSRF-Token": token} if proof == "header" else {})}
    answer = visitor.send(method, "/change", headers=headers, **bodies[proof])
    assert answer.status_code == 200, answer.text
    assert len(host.changes) == 1
    assert answer.get_json()["files"] == (1 if proof == "multipart" else 0)


FORGED = [
    ("another site's origin", {"Origin": "https://evil.example"}, True),
    ("a neighbour's origin", {"Origin": "https://evil.shop.example.com"}, True),
    ("another scheme", {"Origin": "http://shop.example.com"}, True),
    ("another port", {"Origin": "https://shop.example.com:8443"}, True),
    ("an origin that begins alike", {"Origin": f"{HOST}.evil.example"}, True),
    ("no origin to speak of", {"Origin": "null"}, True),
    ("a sandboxed frame", {"Origin": "null", "Sec-Fetch-Site": "cross-site"}, True),
    ("an empty origin", {"Origin": ""}, True),
    ("two origins", {"Origin": f"{HOST}, {HOST}"}, True),
    ("the browser says cross-site", {"Sec-Fetch-Site": "cross-site"}, True),
    ("the browser says same-site", {"Sec-Fetch-Site": "same-site"}, True),
    ("no proof", {"Origin": HOST}, False),
    ("no proof, no origin", {}, False),
    ("a wrong proof", {"Origin": HOST, "X-CSRF-Token": "A" * 43}, False),
    ("an empty proof", {"Origin": HOST, "X-CSRF-Token": ""}, False),
    ("a proof outside ASCII", {"Origin": HOST, "X-CSRF-Token": "\u00e9" * 43}, False),
]


@pytest.mark.parametrize(("headers", "proved"), [row[1:] for row in FORGED], ids=[row[0] for row in FORGED])
def test_a_request_that_another_site_made_changes_nothing(
    host: Host, visitor: Visitor, headers: dict[str, str], *, proved: bool
) -> None:
    data = {"csrf_token": visitor.csrf_token} if proved else {}
    answer = visitor.send("POST", "/change", headers=headers, data=data)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.get_json()["code"] == "csrf_failed"
    assert answer.headers["Cache-Control"] == "no-store"
    assert host.changes == []


def test_a_page_that_hides_its_address_is_still_our_own(host: Host, visitor: Visitor) -> None:
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": visitor.csrf_token}
    assert visitor.send("POST", "/change", headers=headers).status_code == 200
    assert len(host.changes) == 1


def test_the_proof_of_another_session_is_none(host: Host, visitor: Visitor) -> None:
    before = visitor.csrf_token
    visitor.log_in()
    assert visitor.csrf_token != before
    assert visitor.post("/change", data={"csrf_token": before}).status_code == 403
    assert visitor.post("/change", data={"csrf_token": visitor.csrf_token}).status_code == 200
    assert len(host.changes) == 1


def test_a_proof_in_the_address_or_in_json_is_not_looked_at(visitor: Visitor) -> None:
    token = visitor.csrf_token
    assert visitor.post(f"/change?csrf_token={token}").status_code == 403
    assert visitor.post("/change", json={"csrf_token": token}).status_code == 403


def test_views_of_every_kind_are_protected(host: Host, visitor: Visitor) -> None:
    proof = {"X-CSRF-Token": visitor.csrf_token}
    assert visitor.post("/slow").status_code == 403
    assert host.changes == []
    assert visitor.post("/slow", **proof).status_code == 200
    assert visitor.send("DELETE", "/orders", headers={}).status_code == 403
    assert visitor.send("DELETE", "/orders", headers=proof).status_code == 200


def test_where_a_caller_is_optional_a_dead_cookie_is_as_good_as_none(
    visitor: Visitor, clock: FakeClock
) -> None:
    assert visitor.get("/welcome").text == f"welcome {EMAIL}[{visitor.csrf_token}]"
    clock.advance(100 * 86_400)
    answer = visitor.get("/welcome")
    assert answer.text == "welcome stranger[]"
    assert answer.headers["Vary"] == "Cookie"
    assert visitor.get("/account").status_code == 401


def test_scopes_are_asked_of_a_cookie_too(visitor: Visitor) -> None:
    assert visitor.get("/admin").status_code == 403


def test_a_log_in_that_another_site_asks_for_is_refused(host: Host, visitor: Visitor) -> None:
    before = visitor.cookie
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = visitor.log_in(**headers)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "csrf_failed")
        assert "Set-Cookie" not in answer.headers
    assert visitor.cookie == before
    client = host.app.test_client()
    assert (
        client.post("/auth/login", json=ACCOUNT, headers={"Origin": "https://evil.example"}).status_code
        == 201
    )


def test_while_the_database_is_away_a_cookie_gets_503(
    host: Host, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gatepass_server.domain.errors import Busy  # noqa: PLC0415 - of this test alone

    def away(*_: object) -> None:
        raise Busy("later", retry_after=7)

    for way in ("read", "look"):
        monkeypatch.setattr(host.app.extensions["gatepass"].store, way, away)
    answer = visitor.get("/account")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")


def test_outside_a_page_that_is_protected_there_is_no_proof(visitor: Visitor) -> None:
    assert visitor.get("/").text == "the host's page"
    assert "Set-Cookie" not in visitor.get("/").headers
