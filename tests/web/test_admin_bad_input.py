"""Whatever an administrator's program sends to the admin API, the answer is a clear one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.web.api.admin.table import table
from tests.support.admin_calls import Admin
from tests.support.bad_requests import BODIES, QUERIES
from tests.support.clock import FakeClock
from tests.support.databases import new_database
from tests.support.house import House, cheap_settings

pytestmark = pytest.mark.parametrize("admin", ["sqlite", "postgresql"], indirect=True, scope="module")

FIELDS = (
    *("name", "email", "password", "description", "permissions", "is_admin", "disabled", "email_verified"),
    *ClientMetadata.__struct_fields__,
)
HOSTILE: list[Any] = [
    *(None, True, 2**70, "", "\0", "\ud800", "\u202e", "a" * 5000, "http://[", "http://a:x"),
    *([], [None], ["\0"], ["http://[::1"], ["http://a:99999999"], {}, {"\ud800": "\0"}),
]


@pytest.fixture(scope="module")
def admin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    """One house for all: what one request breaks, the next one finds."""
    folder: Path = tmp_path_factory.mktemp("house")
    if request.param == "sqlite":
        yield from opened(f"sqlite:///{folder / 'gatepass.db'}", folder)
    else:
        with new_database(request.getfixturevalue("postgres_server")) as url:
            yield from opened(url, folder)


def opened(url: str, folder: Path) -> Iterator[Admin]:
    house = House(cheap_settings(url, folder / "data"), FakeClock())
    admin = Admin(house)
    for kind in ("roles", "groups"):
        admin("POST", f"/{kind}", {"name": "one"})
    yield admin
    house.gatepass.close()


def places(admin: Admin) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address and description of each operation, on things that are there."""
    client_id = admin("POST", "/clients", {"name": "one"}).get_json()["client_id"]
    named = {"<user_id>": admin.id, "<role>": "one", "<group>": "one", "<client_id>": client_id}
    for row in table(admin.house.gatepass):
        path = row.path.removeprefix("/api/admin")
        for part, name in named.items():
            path = path.replace(part, name)
        yield row.method, path, row.operation


def assert_clear(answer: TestResponse, operation: dict[str, Any], what: object) -> None:
    assert answer.status_code < 500, (what, answer.text)
    assert str(answer.status_code) in operation["responses"], (what, answer.status_code)
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json", what
        assert answer.get_json()["code"], what


def test_a_bad_body_gets_a_clear_answer(admin: Admin) -> None:
    headers = {"Authorization": f"Bearer {admin.token}"}
    for method, path, operation in places(admin):
        if "requestBody" not in operation:
            continue
        for name, case in BODIES.items():
            sent = {**case, "headers": {**case.get("headers", {}), **headers}}
            answer = admin.house.client.open(f"/api/admin{path}", method=method, **sent)
            assert_clear(answer, operation, (method, path, name))


def test_a_bad_query_gets_a_clear_answer(admin: Admin) -> None:
    for method, path, operation in places(admin):
        if method == "GET":
            for query in QUERIES:
                answer = admin.house.client.get(
                    f"/api/admin{path}",
                    headers={"Authorization": f"Bearer {admin.token}"},
                    environ_overrides={"QUERY_STRING": query},
                )
                assert_clear(answer, operation, (path, query))


def test_a_field_of_any_value_gets_a_clear_answer(admin: Admin) -> None:
    for method, path, operation in places(admin):
        is_checked = path.endswith("/password") or (method == "PATCH" and "clients" in path)  # as in others
        if "requestBody" not in operation or is_checked:
            continue
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        good = {"name": "new", "email": "new@example.com", "password": "one fine long password"}
        needed = {field: good.get(field, "x") for field in schema["required"]}
        for field in schema["properties"].keys() - {"is_admin", "disabled"}:
            for value in HOSTILE:
                body = json.dumps({**needed, field: value})
                answer = admin.house.client.open(
                    f"/api/admin{path}",
                    method=method,
                    data=body,
                    content_type="application/json",
                    headers={"Authorization": f"Bearer {admin.token}"},
                )
                assert_clear(answer, operation, (method, path, field, value))


TEXTS = st.text(st.characters(codec=None), max_size=30) | st.sampled_from(["one", "a@example.com", "\0"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ADDRESSES = [
    ("POST", "/users"),
    ("POST", "/roles"),
    ("POST", "/groups"),
    ("POST", "/clients"),
    ("PATCH", "/roles/one"),
]


@settings(
    max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(
    place=st.sampled_from(ADDRESSES),
    body=st.dictionaries(st.sampled_from(FIELDS) | TEXTS, VALUES, max_size=5),
)
def test_no_body_that_can_be_thought_of_is_a_fault(
    admin: Admin, place: tuple[str, str], body: dict[str, Any]
) -> None:
    method, path = place
    answer = admin.house.client.open(
        f"/api/admin{path}",
        method=method,
        data=json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {admin.token}"},
    )
    assert answer.status_code < 500, answer.text


def test_after_all_of_this_the_admin_still_administers(admin: Admin) -> None:
    assert admin("GET", f"/users/{admin.id}").status_code == 200
    assert admin("PUT", f"/users/{admin.id}/roles/one").status_code in {204, 404}
    assert admin.house.client.get("/readyz").status_code == 200
