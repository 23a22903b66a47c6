"""``/api/admin/users``."""

from threading import Barrier, Thread

import pytest

from tests.support.admin_calls import ROOT, Admin, make_account
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD, House

NEW = {"name": "Bob", "email": "Bob@Example.com", "password": PASSWORD}


@pytest.fixture
def admin(house: House) -> Admin:
    return Admin(house)


def events(house: House) -> list[tuple[str, str, str | None, str]]:
    rows = house.gatepass.audit_trail.newest(limit=100)
    return [(row.kind, row.actor, row.user_id, row.details) for row in rows if row.request_id == "r-1"]


def test_an_account_is_made_found_and_logs_in(house: House, admin: Admin, clock: FakeClock) -> None:
    made = admin("POST", "/users", {**NEW, "email_verified": True}, **{"X-Request-Id": "r-1"})
    assert made.status_code == 201
    user = made.get_json()
    assert user == {
        "id": user["id"],
        "name": "Bob",
        "email": "Bob@example.com",
        "email_verified": True,
        "is_admin": False,
        "disabled": False,
        "created_at": clock.now,
        "updated_at": clock.now,
    }
    assert made.headers["Location"] == f"users/{user['id']}"
    whole = admin("GET", f"/users/{user['id']}").get_json()
    nothing: dict[str, list[str]] = {
        key: [] for key in ("granted", "roles", "groups", "permissions", "left_out")
    }
    assert whole == {**user, **nothing}
    assert house.log_in("bob@example.com")["token"]
    assert events(house) == [("account.created", f"user:{admin.id}", user["id"], '{"role":"user"}')]


def test_an_e_mail_that_has_an_account_is_a_conflict(admin: Admin) -> None:
    assert admin("POST", "/users", NEW).status_code == 201
    again = admin("POST", "/users", {**NEW, "email": "bob@EXAMPLE.com"})
    assert (again.status_code, again.get_json()["code"]) == (409, "account_exists")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": ""}, "name", "missing"),
        ({"name": "\u202e"}, "name", "invalid"),
        ({"email": "nobody"}, "email", "invalid"),
        ({"password": "short"}, "password", "too_short"),
        ({"name": 1}, "name", "wrong_type"),
        ({"is_admin": "yes"}, "is_admin", "wrong_type"),
        ({"is_admin": None}, "is_admin", "wrong_type"),
        ({"isadmin": True}, "isadmin", "unknown_field"),
        ({'"<x>': True}, "?", "unknown_field"),
    ],
)
def test_a_field_that_cannot_be_taken_is_named(
    admin: Admin, change: dict[str, object], field: str, code: str
) -> None:
    answer = admin("POST", "/users", {**NEW, **change})
    assert answer.status_code == 400
    assert [(fault["field"], fault["code"]) for fault in answer.get_json()["errors"]] == [(field, code)]


def test_a_field_that_is_missing_is_named(admin: Admin) -> None:
    answer = admin("POST", "/users", {"name": "Bob", "email": "b@example.com"})
    assert [(fault["field"], fault["code"]) for fault in answer.get_json()["errors"]] == [
        ("password", "missing")
    ]


def test_accounts_are_listed_and_searched_page_by_page(house: House, admin: Admin) -> None:
    for name in ("bob", "Bobby", "carol", "bo_b"):
        make_account(house, f"{name}@example.com")

    def listed(query: str) -> list[str]:
        found: list[str] = []
        after = ""
        while True:
            page = admin("GET", f"/users?limit=2{query}{after}").get_json()
            found += [user["email"] for user in page["users"]]
            if "next" not in page:
                return found
            after = f"&after={page['next']}"

    everybody = {f"{name}@example.com" for name in ("bob", "Bobby", "carol", "bo_b", "root")}
    assert set(listed("")) == everybody
    assert listed("&email=BO") == ["bo_b@example.com", "bob@example.com", "Bobby@example.com"]
    assert listed("&email=bob@") == ["bob@example.com"]
    assert listed("&email=%25") == []
    assert set(listed("&email=")) == everybody


def test_an_account_is_changed_and_each_change_is_told(house: House, admin: Admin, clock: FakeClock) -> None:
    user_id = make_account(house, EMAIL)
    house.log_in()
    clock.advance(60)
    path, tag = f"/users/{user_id}", {"X-Request-Id": "r-1"}
    renamed = admin("PATCH", path, {"name": " Zoë ", "email_verified": True}, **tag).get_json()
    assert (renamed["name"], renamed["email_verified"], renamed["ended"]) == ("Zoë", True, 0)
    assert renamed["updated_at"] == renamed["created_at"] + 60
    assert admin("PATCH", path, {"name": "Zoë"}, **tag).get_json()["ended"] == 0
    assert admin("PATCH", path, {}, **tag).status_code == 200
    assert admin("PATCH", path, {"is_admin": True}, **tag).get_json()["ended"] == 1
    house.log_in()
    gone = admin("PATCH", path, {"is_admin": False, "disabled": True}, **tag).get_json()
    assert (gone["is_admin"], gone["disabled"], gone["ended"]) == (False, True, 1)
    assert house.try_log_in().status_code == 403
    assert admin("PATCH", path, {"disabled": False}, **tag).get_json()["disabled"] is False
    assert house.try_log_in().status_code == 201
    me = f"user:{admin.id}"
    assert events(house) == [
        ("profile.changed", me, user_id, '{"fields":"name email_verified"}'),
        ("role.changed", me, user_id, '{"role":"admin"}'),
        ("sessions.ended", me, user_id, '{"count":"1","cause":"role.changed"}'),
        ("role.changed", me, user_id, '{"role":"user"}'),
        ("account.disabled", me, user_id, "{}"),
        ("sessions.ended", me, user_id, '{"count":"1","cause":"account.disabled"}'),
        ("account.enabled", me, user_id, "{}"),
    ]


@pytest.mark.parametrize("change", [{"is_admin": False}, {"disabled": True}, {"disabled": True, "name": "X"}])
def test_the_last_admin_stays_one(house: House, admin: Admin, change: dict[str, object]) -> None:
    make_account(house, EMAIL)
    answer = admin("PATCH", f"/users/{admin.id}", change)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "last_admin")
    assert admin("GET", f"/users/{admin.id}").get_json()["name"] == "Root"
    other = make_account(house, "other@example.com", is_admin=True)
    assert admin("PATCH", f"/users/{other}", {"disabled": True}).status_code == 200
    assert admin("PATCH", f"/users/{admin.id}", change).status_code == 409
    assert admin("PATCH", f"/users/{other}", {"disabled": False}).status_code == 200
    assert admin("PATCH", f"/users/{admin.id}", change).status_code == 200


def test_of_two_admins_who_disable_each_other_at_once_one_stays(house: House, admin: Admin) -> None:
    other = make_account(house, "other@example.com", is_admin=True)
    accounts = house.gatepass.accounts
    from gatepass_server.accounts.account_management import AccountChange  # noqa: PLC0415 - beside its only use
    from gatepass_server.domain.audit import Actor  # noqa: PLC0415 - beside its only use
    from gatepass_server.domain.errors import LastAdmin  # noqa: PLC0415 - beside its only use

    both, refused = Barrier(2), []

    def disable(user_id: str) -> None:
        both.wait()
        try:
            accounts.change(user_id, AccountChange(is_enabled=False), by=Actor(name="user:x"))
        except LastAdmin:
            refused.append(user_id)

    threads = [Thread(target=disable, args=(user_id,)) for user_id in (admin.id, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1


def test_at_the_terminal_even_the_last_admin_can_go(house: House, admin: Admin) -> None:
    house.gatepass.administration.set_role(ROOT, is_admin=False)
    assert admin("GET", "/users").status_code == 401


def test_a_password_is_set_and_the_sessions_end(house: House, admin: Admin) -> None:
    user_id = make_account(house, EMAIL)
    house.log_in()
    path = f"/users/{user_id}/password"
    assert admin("PUT", path, {"password": "12345678"}).get_json()["errors"][0]["code"] == "too_common"
    assert admin("PUT", path, {"password": EMAIL}).get_json()["errors"][0]["code"] == "too_personal"
    assert admin("PUT", path, {"password": "quite another one"}).get_json() == {"ended": 1}
    assert house.try_log_in(EMAIL, "quite another one").status_code == 201
    assert house.try_log_in(EMAIL, PASSWORD).status_code == 403


def test_sessions_are_seen_and_ended(house: House, admin: Admin) -> None:
    user_id = make_account(house, EMAIL)
    tokens = [house.log_in()["token"] for _ in range(3)]
    path = f"/users/{user_id}/sessions"
    first = admin("GET", f"{path}?limit=2").get_json()
    second = admin("GET", f"{path}?limit=2&after={first['next']}").get_json()
    assert [len(page["sessions"]) for page in (first, second)] == [2, 1]
    assert not any(one["current"] for page in (first, second) for one in page["sessions"])
    assert admin("DELETE", path).get_json() == {"ended": 3}
    assert [house.get("/me", token).status_code for token in tokens] == [401] * 3
    mine = admin("GET", f"/users/{admin.id}/sessions").get_json()["sessions"]
    assert [one["current"] for one in mine] == [True]


@pytest.mark.parametrize("name", ["u1", "%00", "%ff", "%ED%A0%80", "a" * 500, "..%2f", "'"])
def test_an_account_that_is_not_there_is_404_whatever_is_asked(admin: Admin, name: str) -> None:
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "X"}),
        ("PATCH", "", {"disabled": True}),
        ("PUT", "/password", {"password": PASSWORD}),
        ("GET", "/sessions", None),
        ("DELETE", "/sessions", None),
    ):
        answer = admin(method, f"/users/{name}{path}", body)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found"), (method, path)
