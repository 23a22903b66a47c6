"""What is answered without Flask is answered byte for byte as Flask answers it."""

import base64
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import Client as WsgiClient
from werkzeug.test import TestResponse

from gatepass_server.domain.clients import Client, ClientMetadata
from gatepass_server.domain.secret import Secret
from gatepass_server.web.app import create_app
from gatepass_server.web.direct.endpoints import direct_endpoints
from gatepass_server.web.direct.lanes import Lane
from gatepass_server.web.direct.request import DirectRequest
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, ISSUER, PASSWORD, House

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

FORM = "application/x-www-form-urlencoded"
BODIES = [
    "",
    "token=",
    "token=a&token=b",
    "token=gp_at_unknown",
    "token=%ff",
    "tok%en=1",
    "&" * 200 + "a=1",
    "token=" + "x" * 70_000,
    "token=x&client_id=another",
    "token=x&client_secret=another",
]
ODD_HEADERS: list[dict[str, str]] = [
    {"Authorization": "Basic !!"},
    {"Authorization": "Bearer x"},
    {"Authorization": "Basic bm9ib2R5OndyaXRlcw=="},
    {"Origin": "https://elsewhere.example"},
    {"Content-Type": "application/json"},
    {"Content-Type": FORM + "; charset=latin-1"},
    {"X-Request-Id": "mine", "X-Forwarded-For": "203.0.113.9"},
    {"DPoP": "no proof"},
]
JWT_BEARER = b"urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
pytestmark = pytest.mark.parametrize("ready_database_url", ["sqlite"], indirect=True)
CHANGING = {"X-Request-Id", "Date"}
Ask = Callable[..., TestResponse]


@pytest.fixture
def flask_alone(house: House) -> WsgiClient:
    """The same house, without the direct endpoints."""
    return WsgiClient(create_app(house.gatepass))


@pytest.fixture
def program(house: House) -> tuple[Client, Secret]:
    """A program with a secret."""
    client, secret = house.gatepass.clients.create(
        "Program", ClientMetadata(grant_types=("client_credentials",), scope="orders:read")
    )
    assert secret is not None
    return client, secret


def basic(program: tuple[Client, Secret]) -> dict[str, str]:
    pair = f"{program[0].id}:{program[1].reveal()}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def shown(answer: TestResponse) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in answer.headers.items() if name not in CHANGING}
    return answer.status_code, headers, answer.data


def both(house: House, flask_alone: WsgiClient, method: str, path: str, **request: Any) -> TestResponse:
    """The answer at the direct door, which is Flask's."""
    direct = house.client.open(path, method=method, base_url=ISSUER, **request)
    plain = flask_alone.open(path, method=method, base_url=ISSUER, **request)
    assert shown(direct) == shown(plain)
    assert set(direct.headers.keys()) == set(plain.headers.keys())
    return direct


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
    ],
)
def test_documents_are_the_same(house: House, flask_alone: WsgiClient, path: str) -> None:
    assert both(house, flask_alone, "GET", path).status_code == 200
    house.gatepass.keeper.generate("RS256", activate=True)  # type: ignore[union-attr]  # this house has one
    told = both(house, flask_alone, "GET", path).get_json()
    if "keys" in told:
        assert {key["kty"] for key in told["keys"]} == {"EC", "RSA"}, "a new key is told at once"


def test_the_event_loop_is_not_asked_for_a_document_that_is_made_anew_by_then(
    house: House, clock: FakeClock
) -> None:
    path = "/.well-known/jwks.json"
    document = direct_endpoints(house.gatepass)["GET", path]
    asked = DirectRequest("GET", path, "", {}, b"", "127.0.0.1")
    assert document.lane(asked) is Lane.ANY, "nobody has made it yet"
    document(asked)
    assert document.lane(asked) is Lane.LOOP
    clock.advance(0.95)  # between this question and the next, a second may be over
    assert document.lane(asked) is Lane.ANY


@pytest.mark.parametrize("path", ["/oauth2/introspect", "/oauth2/revoke", "/oauth2/token", "/oauth2/par"])
@pytest.mark.parametrize("named", [True, False])
def test_bad_forms_are_refused_the_same(
    house: House, flask_alone: WsgiClient, program: tuple[Client, Secret], path: str, named: bool
) -> None:
    headers = basic(program) if named else {}
    for body in BODIES:
        answer = both(house, flask_alone, "POST", path, data=body, content_type=FORM, headers=headers)
        assert answer.status_code in {200, 400, 401, 413}, body


def test_odd_headers_change_nothing(house: House, flask_alone: WsgiClient) -> None:
    for headers in ODD_HEADERS:
        answer = both(
            house,
            flask_alone,
            "POST",
            "/oauth2/token",
            data="grant_type=client_credentials",
            headers={"Content-Type": FORM, **headers},
        )
        assert 400 <= answer.status_code < 500, headers


def test_a_good_introspection_is_the_same(
    house: House, flask_alone: WsgiClient, program: tuple[Client, Secret]
) -> None:
    house.sign_up()
    token = house.log_in()["token"]
    for text in (token, token[:-3], "nothing"):
        answer = both(
            house, flask_alone, "POST", "/oauth2/introspect", data={"token": text}, headers=basic(program)
        )
        assert answer.get_json()["active"] is (text == token)


def test_userinfo_is_the_same_for_good_and_for_bad_tokens(house: House, flask_alone: WsgiClient) -> None:
    house.sign_up()
    good = house.log_in()["token"]  # of a log-in: it lacks the scope openid
    for headers in (
        {"Authorization": f"Bearer {good}"},
        {"Authorization": f"bearer  {good}"},
        {"Authorization": f"Bearer {good[:-4]}"},
        {"Authorization": "Bearer "},
        {"x-access-token": good},
        {},
    ):
        assert both(house, flask_alone, "GET", "/oauth2/userinfo", headers=headers).status_code in {401, 403}


def test_a_token_is_told_with_the_same_headers(
    house: House, flask_alone: WsgiClient, program: tuple[Client, Secret]
) -> None:
    request = {"data": {"grant_type": "client_credentials"}, "headers": basic(program), "base_url": ISSUER}
    direct, plain = (
        house.client.post("/oauth2/token", **request),
        flask_alone.post("/oauth2/token", **request),
    )
    assert direct.status_code == plain.status_code == 200
    assert direct.get_json().keys() == plain.get_json().keys()
    fixed = CHANGING | {"Content-Length"}
    assert {name: value for name, value in direct.headers.items() if name not in fixed} == {
        name: value for name, value in plain.headers.items() if name not in fixed
    }


def test_a_fault_of_ours_is_told_as_one_and_its_request_found(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = direct_endpoints(house.gatepass)["POST", "/oauth2/introspect"]

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(endpoint._answering, "_endpoint", fail)
    asked = DirectRequest(
        method="POST",
        path="/oauth2/introspect",
        query="",
        headers={"content-type": FORM, "x-request-id": "mine"},
        body=b"token=x",
        peer="127.0.0.1",
    )
    answer = endpoint(asked)
    assert answer is not None
    assert answer.status == 500
    assert ("X-Request-Id", "mine") in answer.headers
    assert b"internal_error" in answer.body
    assert b"ZeroDivision" not in answer.body


CODE = {
    "redirect_uri": "https://app.example.com/cb",
    "response_type": "code",
    "scope": "openid",
    "nonce": "n",
    "state": "caf\u00e9 &=",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
}
ONCE = re.compile(r"(code|flow)=[A-Za-z0-9_-]+")


@pytest.fixture
def app(house: House) -> Client:
    """A program that people sign in to, and are not asked whether they allow it."""
    client, _ = house.gatepass.clients.create(
        "App",
        ClientMetadata(
            redirect_uris=(CODE["redirect_uri"],),
            grant_types=("authorization_code",),
            scope="openid",
            trusted=True,
        ),
    )
    return client


def answered(
    application: "WSGIApplication", query: Any, headers: dict[str, str]
) -> tuple[int, dict[str, str], bytes]:
    door = WsgiClient(application, use_cookies=False)  # they are among the headers
    told_by = {"X-Request-Id": "mine", **headers}  # stands on pages
    answer = door.get("/oauth2/authorize", query_string=query, base_url=ISSUER, headers=told_by)
    status, told, body = shown(answer)
    for name in ("Location", "Set-Cookie"):
        if name in told:
            told[name] = ONCE.sub(r"\1=...", told[name])
    return status, told, re.sub(rb"gp_ac_[\w-]+", b"...", body)


@pytest.mark.parametrize(
    ("changes", "status", "leads_to"),
    [
        ({}, 303, "https://app.example.com/cb?code=..."),
        ({"prompt": "none"}, 303, "https://app.example.com/cb?code=..."),
        ({"prompt": "login"}, 303, "https://auth.example.com/sign-in?flow=..."),
        ({"prompt": "consent"}, 303, "https://auth.example.com/consent?flow=..."),
        ({"scope": "unknown"}, 303, "https://app.example.com/cb?error=invalid_scope"),
        ({"code_challenge": ""}, 303, "https://app.example.com/cb?error=invalid_request"),
        ({"response_mode": "fragment"}, 303, "https://app.example.com/cb#code=..."),
        ({"response_mode": "form_post", "prompt": "none"}, 200, None),
        ({"redirect_uri": "https://elsewhere.example/cb"}, 400, None),
        ({"client_id": "nobody"}, 400, None),
        ({"client_id": "https://elsewhere.example/app"}, 400, None),
        ({"request": "x.y.z"}, 303, "https://app.example.com/cb?error=invalid_request_object"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, 303, "https://app.example.com/cb?error="),
    ],
)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_an_authorization_request_is_the_same(
    house: House,
    flask_alone: WsgiClient,
    app: Client,
    changes: dict[str, str],
    status: int,
    leads_to: str | None,
    is_signed_in: bool,
) -> None:
    headers = {}
    if is_signed_in:
        house.sign_up()
        given = house.client.post("/login", json={"email": EMAIL, "password": PASSWORD, "mode": "cookie"})
        headers["Cookie"] = given.headers["Set-Cookie"].partition(";")[0]
    query = {"client_id": app.id, **CODE, **changes}
    direct = answered(house.app, query, headers)
    plain = answered(flask_alone.application, query, headers)
    assert direct == plain
    assert direct[0] == status
    if is_signed_in and leads_to is not None:
        assert direct[1]["Location"].startswith(leads_to)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "client_id=",
        "client_id=a&client_id=b",
        "client_id=%ff",
        "flow=x",
        "flow=x&client_id=y",
        "%63lient_id=x",
        "&" * 200 + "client_id=a",
        "client_id=caf\u00e9",
    ],
)
@pytest.mark.parametrize(
    "cookie", ["", "__Host-gatepass=x", "__Host-gatepass=gp_sc_x; a=b", "a=\u00e9", ";=;"]
)
def test_odd_authorization_requests_are_the_same(
    house: House, flask_alone: WsgiClient, query: str, cookie: str
) -> None:
    headers = {"Cookie": cookie} if cookie else {}
    direct = answered(house.app, query, headers)
    assert direct == answered(flask_alone.application, query, headers)
    assert 300 <= direct[0] < 500


@pytest.mark.parametrize(
    ("query", "lane"),
    [
        ("client_id=gp_cl_1&scope=openid", Lane.WORK),
        ("scope=openid&client_id=gp_cl_1", Lane.WORK),
        ("client_id=https%3A%2F%2Fapp.example", Lane.ANY),
        ("x_client_id=gp_cl_1&client%5Fid=https%3A%2F%2Fapp.example", Lane.ANY),
        ("", Lane.ANY),
    ],
)
def test_a_program_that_may_have_to_be_fetched_is_kept_out_of_the_event_loop(
    house: House, query: str, lane: Lane
) -> None:
    asked = DirectRequest("GET", "/oauth2/authorize", query, {}, b"", "127.0.0.1")
    assert direct_endpoints(house.gatepass)["GET", "/oauth2/authorize"].thread_lane(asked) is lane


def named(client_id: str, secret: str = "s") -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


@pytest.mark.parametrize(
    ("path", "headers", "body", "lane"),
    [
        ("/oauth2/introspect", named("gp_cl_1"), b"token=x", Lane.READS),
        ("/oauth2/introspect", {}, b"token=x&client_id=https%3A%2F%2Fapp.example", Lane.ANY),
        ("/oauth2/introspect", named("https%3A%2F%2Fapp.example"), b"token=x", Lane.ANY),
        ("/oauth2/introspect", named("gp_cl_1"), b"token=x&client_assertion=y", Lane.ANY),
        ("/oauth2/introspect", named("gp_cl_1", ""), b"token=x&client%5Fassertion=y", Lane.ANY),
        ("/oauth2/introspect", named("gp_cl_1", ""), b"client%5fassertion%5Ftype=y&token=x", Lane.ANY),
        ("/oauth2/introspect", named("gp_cl_1"), b"token=a%2Bb+c", Lane.READS),
        ("/oauth2/introspect", named("gp_cl_1"), b"token=x" + b"&" * 100, Lane.ANY),
        ("/oauth2/introspect", {"authorization": "Basic !"}, b"token=x", Lane.ANY),
        ("/oauth2/token", named("gp_cl_1"), b"grant_type=client_credentials", Lane.WORK),
        ("/oauth2/token", named("gp_cl_1"), b"code=x&grant_type=authorization_code", Lane.WORK),
        (
            "/oauth2/token",
            named("gp_cl_1"),
            b"grant_type=" + JWT_BEARER,
            Lane.ANY,
        ),
        *(
            ("/oauth2/token", named("gp_cl_1"), written + b"&grant_type=" + JWT_BEARER, Lane.ANY)
            for written in (b"x=grant_type=refresh_token", b"x_grant_type=client_credentials")
        ),
        ("/oauth2/token", named("gp_cl_1"), b"grant_type=refresh_token_or_not", Lane.ANY),
        ("/oauth2/token", {**named("gp_cl_1"), "dpop": "x"}, b"grant_type=refresh_token", Lane.ANY),
        ("/oauth2/par", named("gp_cl_1"), b"request=x", Lane.ANY),
        ("/oauth2/revoke", named("gp_cl_1"), b"token=x", Lane.WORK),
    ],
)
def test_whoever_may_wait_for_another_server_is_kept_out_of_the_few_threads(
    house: House, path: str, headers: dict[str, str], body: bytes, lane: Lane
) -> None:
    asked = DirectRequest(method="POST", path=path, query="", headers=headers, body=body, peer="127.0.0.1")
    assert direct_endpoints(house.gatepass)["POST", path].thread_lane(asked) is lane


def test_userinfo_waits_with_the_rest_where_programs_publish_what_they_are(
    open_house: Callable[..., House],
) -> None:
    asked = DirectRequest(
        method="GET", path="/oauth2/userinfo", query="", headers={}, body=b"", peer="127.0.0.1"
    )
    for documents, lane in ((False, Lane.READS), (True, Lane.ANY)):
        house = open_house(client_metadata_documents=documents)
        assert direct_endpoints(house.gatepass)["GET", "/oauth2/userinfo"].thread_lane(asked) is lane
