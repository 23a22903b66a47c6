"""Whatever is sent to whichever endpoint, the answer is a clear 4xx or the documented 2xx, and never a fault."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from gatepass_server.web.app import browsers
from gatepass_server.web.caller import CallerGuard
from gatepass_server.web.route import Route
from gatepass_server.web.routes import routes
from tests.support.bad_requests import BODIES, FIELDS, FORM, HEADERS, JSON, METHODS, QUERIES
from tests.support.clock import FakeClock
from tests.support.databases import new_database
from tests.support.house import House, cheap_settings

ENDPOINTS = [
    *("POST /signup", "POST /login", "POST /refresh", "POST /me/password", "POST /logout"),
    *("GET /user", "GET /me", "GET /sessions", "DELETE /sessions", "DELETE /sessions/<session_id>"),
    *("POST /oauth2/introspect", "POST /oauth2/token", "POST /oauth2/par", "POST /oauth2/revoke"),
    *("POST /oauth2/device", "POST /oauth2/register", "GET /oauth2/register/<client_id>"),
    *("PUT /oauth2/register/<client_id>", "DELETE /oauth2/register/<client_id>"),
    *("GET /oauth2/userinfo", "POST /oauth2/userinfo", "GET /oauth2/authorize", "POST /oauth2/authorize"),
    *("GET /oauth2/logout", "POST /oauth2/logout"),
    *("GET /healthz", "GET /readyz", "GET /openapi.json", "GET /.well-known/jwks.json"),
    *("GET /.well-known/openid-configuration", "GET /.well-known/oauth-authorization-server"),
    *("GET /status-lists", "GET /status-lists/<int:number>"),
]
"""Written down for the names of the tests; a test below holds it against the route table."""

FOR_BROWSERS = {
    endpoint for endpoint in ENDPOINTS if endpoint.endswith(("/oauth2/authorize", "/oauth2/logout"))
}
REFUSES_ALL = {endpoint for endpoint in ENDPOINTS if endpoint.startswith("POST ")} - FOR_BROWSERS

pytestmark = pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True, scope="module")


@pytest.fixture(scope="module")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all: what one request breaks, the next one finds."""
    folder: Path = tmp_path_factory.mktemp("house")
    if request.param == "sqlite":
        yield from opened(f"sqlite:///{folder / 'gatepass.db'}", folder)
    else:
        with new_database(request.getfixturevalue("postgres_server")) as url:
            yield from opened(url, folder)


def opened(url: str, folder: Path) -> Iterator[House]:
    limits = {"login_failures_per_account": 1_000_000, "login_failures_per_address": 1_000_000}
    house = House(cheap_settings(url, folder / "data", trusted_proxies=1, **limits), FakeClock())
    house.sign_up()
    yield house
    house.gatepass.close()


@cache
def table(house: House) -> dict[str, Route]:
    """To build it takes longer than most requests."""
    guard = CallerGuard(house.gatepass.verifier, house.gatepass.sessions, browsers(house.gatepass))
    return {f"{route.method} {route.path}": route for route in routes(house.gatepass, guard)}


def address(path: str) -> str:
    """An address that the route answers: only of a number it looks at the form."""
    return path.replace("<int:number>", "1")


def assert_clear(house: House, answer: TestResponse, endpoint: str, case: str = "") -> None:
    """A 4xx with a body that says why, or a success that the document names."""
    if answer.status_code >= 400:
        assert answer.status_code < 500, (case, answer.text)
        if endpoint in FOR_BROWSERS:  # a page tells it to the person
            assert answer.mimetype == "text/html", case
            return
        body = answer.get_json()
        if answer.headers["Content-Type"] == "application/problem+json":
            assert (body["status"], bool(body["code"]), bool(body["detail"])) == (
                answer.status_code,
                True,
                True,
            )
        elif "/oauth2/" in endpoint and "error" in body:  # RFC 6749 section 5.2 gives its form
            assert set(body) == {"error", "error_description"}
        else:  # the guard's form, which the contract gives
            assert set(body) == {"message"}
            assert answer.status_code in {400, 401, 403}, case
    else:
        assert str(answer.status_code) in table(house)[endpoint].operation["responses"], case


def assert_stands(house: House) -> None:
    """The house still answers."""
    assert house.client.get("/readyz").status_code == 200


def test_the_endpoints_below_are_those_of_the_route_table(house: House) -> None:
    others = "/api/admin/"  # they have a file of their own
    assert sorted(endpoint for endpoint in table(house) if others not in endpoint) == sorted(ENDPOINTS)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_bad_body_gets_a_clear_answer(house: House, endpoint: str) -> None:
    method, path = endpoint.split()
    for case, body in BODIES.items():
        answer = house.client.open(address(path), method=method, **body)
        assert_clear(house, answer, endpoint, case)
        # A refresh token that nobody knows is as good as logged out (RFC 7009 section 2.2).
        if endpoint in REFUSES_ALL and (endpoint != "POST /logout" or answer.status_code != 204):
            assert answer.status_code >= 400, case
    assert_stands(house)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_bad_header_gets_a_clear_answer(house: House, endpoint: str) -> None:
    method, path = endpoint.split()
    for case, headers in HEADERS.items():
        environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        answer = house.client.open(address(path), method=method, environ_overrides=environ)
        assert_clear(house, answer, endpoint, case)
    assert_stands(house)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_bad_query_gets_a_clear_answer(house: House, endpoint: str) -> None:
    method, path = endpoint.split()
    token = house.log_in()["token"]
    for query in QUERIES:
        for headers in ({}, {"Authorization": f"Bearer {token}"}):
            answer = house.client.open(
                address(path), method=method, headers=headers, environ_overrides={"QUERY_STRING": query}
            )
            assert_clear(house, answer, endpoint, query)
    assert_stands(house)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_method_that_is_not_served_is_405_or_the_methods_are_named(house: House, endpoint: str) -> None:
    own, path = endpoint.split()
    served = {route.split()[0] for route in ENDPOINTS if route.split()[1] == path}
    for method in {*METHODS} - served - ({"HEAD"} if "GET" in served else set()):
        answer = house.client.open(address(path), environ_overrides={"REQUEST_METHOD": method})
        assert answer.status_code == (200 if method == "OPTIONS" else 405)
        assert own in answer.headers["Allow"]


TEXTS = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(["ann@example.com", "", "\0"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(FIELDS) | TEXTS, VALUES | TEXTS, max_size=6)


@settings(
    max_examples=100, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(
    endpoint=st.sampled_from(ENDPOINTS[:5]),
    content=st.binary(max_size=300).map(lambda data: (data, FORM))
    | st.binary(max_size=300).map(lambda data: (data, JSON))
    | st.binary(max_size=300).map(lambda data: (data, "multipart/form-data; boundary=x"))
    | OBJECTS.map(lambda value: (as_json(value), JSON)),
)
@example(endpoint="POST /signup", content=(b'{"name": "\\ud83d\\ude00"}', JSON))
def test_no_body_that_can_be_thought_of_is_a_fault(
    house: House, endpoint: str, content: tuple[bytes, str]
) -> None:
    data, kind = content
    method, path = endpoint.split()
    assert_clear(house, house.client.open(path, method=method, data=data, content_type=kind), endpoint)
    assert_stands(house)


def as_json(value: object) -> bytes:
    """JSON with escapes, so that lone surrogates and NULs arrive; NaN as Python writes it."""
    import json  # noqa: PLC0415 - beside its only use

    return json.dumps(value).encode()


def test_after_all_of_this_people_still_sign_up_and_log_in(house: House) -> None:
    assert house.sign_up("late@example.com").status_code == 201
    token = house.log_in("late@example.com")["token"]
    assert house.get("/user", token).get_json()["users"][0]["email"] == "late@example.com"
