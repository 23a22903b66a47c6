"""``/api/admin/roles`` and ``/api/admin/groups``."""

from threading import Barrier, Thread

import pytest

from tests.support.admin_calls import Admin, make_account
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, House


@pytest.fixture
def admin(house: House) -> Admin:
    return Admin(house)


def code_of(admin: Admin, method: str, path: str, body: object = None) -> tuple[int, str]:
    answer = admin(method, path, body)
    return answer.status_code, answer.get_json()["code"]


def test_a_role_is_made_read_changed_and_forgotten(admin: Admin, clock: FakeClock) -> None:
    made = admin("POST", "/roles", {"name": "desk", "permissions": ["b", "a", "a"], "description": " Ü "})
    role = {"name": "desk", "description": "Ü", "permissions": ["a", "b"], "created_at": clock.now}
    assert (made.status_code, made.get_json(), made.headers["Location"]) == (201, role, "roles/desk")
    assert admin("GET", "/roles/desk").get_json() == role
    assert code_of(admin, "POST", "/roles", {"name": "desk"}) == (409, "name_taken")
    changed = admin("PATCH", "/roles/desk", {"permissions": ["c"]}).get_json()
    assert changed == {**role, "permissions": ["c"]}
    assert admin("PATCH", "/roles/desk", {"description": ""}).get_json() == {**changed, "description": ""}
    assert admin("DELETE", "/roles/desk").status_code == 204
    for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
        assert code_of(admin, method, "/roles/desk", body) == (404, "not_found")


def test_roles_and_groups_are_listed_page_by_page(admin: Admin) -> None:
    for kind in ("roles", "groups"):
        for name in ("b", "a", "C"):
            assert admin("POST", f"/{kind}", {"name": name}).status_code == 201
        first = admin("GET", f"/{kind}?limit=2").get_json()
        second = admin("GET", f"/{kind}?limit=2&after={first['next']}").get_json()
        assert [one["name"] for page in (first, second) for one in page[kind]] == ["C", "a", "b"]
        assert "next" not in second


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "missing"),
        ({"name": "a/b"}, "name", "invalid"),
        ({"name": ".."}, "name", "invalid"),
        ({"name": "a", "permissions": ["a b"]}, "permissions", "invalid"),
        ({"name": "a", "permissions": [f"p{number}" for number in range(101)]}, "permissions", "invalid"),
        ({"name": "a", "permissions": "a"}, "permissions", "wrong_type"),
        ({"name": "a", "permissions": [1]}, "permissions", "wrong_type"),
        ({"name": "a", "description": "a\nb"}, "description", "invalid"),
        ({"name": "a", "description": "x" * 201}, "description", "invalid"),
    ],
)
def test_a_field_that_cannot_be_taken_is_named(
    admin: Admin, body: dict[str, object], field: str, code: str
) -> None:
    answer = admin("POST", "/roles", body)
    assert answer.status_code == 400
    assert [(fault["field"], fault["code"]) for fault in answer.get_json()["errors"]] == [(field, code)]


def test_a_person_gets_roles_by_name_and_by_group(house: House, admin: Admin) -> None:
    user_id = make_account(house, EMAIL)
    admin("POST", "/roles", {"name": "desk", "permissions": ["orders:write"]})
    admin("POST", "/roles", {"name": "reader", "permissions": ["orders:read"]})
    admin("POST", "/groups", {"name": "staff"})
    for path in (
        f"/users/{user_id}/roles/desk",
        "/groups/staff/roles/reader",
        f"/groups/staff/members/{user_id}",
    ):
        assert [admin("PUT", path).status_code for _ in range(2)] == [204, 204]
    whole = admin("GET", f"/users/{user_id}").get_json()
    assert {name: whole[name] for name in ("granted", "roles", "groups", "permissions")} == {
        "granted": ["desk"],
        "roles": ["desk", "reader"],
        "groups": ["staff"],
        "permissions": ["orders:read", "orders:write"],
    }
    assert admin("GET", "/groups/staff").get_json()["roles"] == ["reader"]
    assert [user["id"] for user in admin("GET", "/groups/staff/members").get_json()["members"]] == [user_id]
    claims = house.gatepass.verifier.verify(house.log_in()["token"]).claims
    assert claims["entitlements"] == ["orders:read", "orders:write"]
    for path in (
        f"/users/{user_id}/roles/desk",
        "/groups/staff/roles/reader",
        f"/groups/staff/members/{user_id}",
    ):
        assert admin("DELETE", path).status_code == 204
        assert code_of(admin, "DELETE", path) == (404, "not_found")
    assert admin("GET", f"/users/{user_id}").get_json()["permissions"] == []
    kinds = [
        row.kind for row in house.gatepass.audit_trail.newest(limit=100) if row.actor == f"user:{admin.id}"
    ]
    assert kinds[1:] == [
        *("role.created", "role.created", "group.created"),
        *("role.granted", "group.edited", "group.joined"),
        *("role.revoked", "group.edited", "group.left"),
    ]


def test_a_group_is_described_anew_and_forgotten(admin: Admin) -> None:
    admin("POST", "/groups", {"name": "staff", "description": "Us"})
    assert (
        admin("PATCH", "/groups/staff", {"description": "All of us"}).get_json()["description"] == "All of us"
    )
    assert code_of(admin, "PATCH", "/groups/staff", {}) == (400, "invalid_input")
    assert code_of(admin, "POST", "/groups", {"name": "staff"}) == (409, "name_taken")
    assert admin("DELETE", "/groups/staff").status_code == 204
    for method, path, body in (
        ("GET", "/groups/staff", None),
        ("PATCH", "/groups/staff", {"description": "x"}),
        ("DELETE", "/groups/staff", None),
        ("GET", "/groups/staff/members", None),
        ("PUT", "/groups/staff/roles/desk", None),
        ("PUT", f"/groups/staff/members/{admin.id}", None),
    ):
        assert code_of(admin, method, path, body) == (404, "not_found")


def test_what_is_not_there_is_given_to_nobody(admin: Admin) -> None:
    admin("POST", "/groups", {"name": "staff"})
    admin("POST", "/roles", {"name": "desk"})
    for path in (
        f"/users/{admin.id}/roles/nothing",
        "/users/nobody/roles/desk",
        "/groups/staff/roles/nothing",
        "/groups/staff/members/nobody",
        "/groups/%00/roles/desk",
        "/users/%ff/roles/desk",
    ):
        assert code_of(admin, "PUT", path) == (404, "not_found")
        assert code_of(admin, "DELETE", path) == (404, "not_found")


def test_nobody_is_given_more_than_can_be_kept(
    house: House, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("roles.MAX_ROLES", "groups.MAX_ROLES", "groups.MAX_GROUPS"):
        monkeypatch.setattr(f"gatepass_server.accounts.{place}", 1)
    for name in ("a", "b"):
        admin("POST", "/roles", {"name": name})
        admin("POST", "/groups", {"name": name})
    for base in (f"/users/{admin.id}/roles/", "/groups/a/roles/"):
        assert admin("PUT", f"{base}a").status_code == 204
        assert code_of(admin, "PUT", f"{base}b") == (409, "too_many_given")
        assert admin("PUT", f"{base}a").status_code == 204
    assert admin("PUT", f"/groups/a/members/{admin.id}").status_code == 204
    assert code_of(admin, "PUT", f"/groups/b/members/{admin.id}") == (409, "too_many_given")
    assert house.gatepass.accounts.view(admin.id).entitlements.groups == ("a",)


def test_a_role_that_is_forgotten_while_it_is_given_is_given_or_not_there(admin: Admin) -> None:
    calls = [
        ("PUT", f"/users/{admin.id}/roles/one"),
        ("PUT", "/groups/all/roles/one"),
        ("DELETE", "/roles/one"),
    ]
    admin("POST", "/groups", {"name": "all"})
    for _ in range(5):
        assert admin("POST", "/roles", {"name": "one"}).status_code == 201
        together, answers = Barrier(len(calls)), list[int]()

        def call(method: str, path: str, together: Barrier, answers: list[int]) -> None:
            together.wait()
            answers.append(admin(method, path).status_code)

        threads = [Thread(target=call, args=(*one, together, answers)) for one in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == len(calls)
        assert set(answers) <= {204, 404}
        assert admin("GET", f"/users/{admin.id}").get_json()["roles"] == []
