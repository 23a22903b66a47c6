"""``/api/admin/clients``."""

import pytest

from gatepass_server.domain.secret import Secret
from tests.support.admin_calls import Admin
from tests.support.clock import FakeClock
from tests.support.house import House

SHOP = {
    "name": "Shop",
    "redirect_uris": ["https://shop.example.com/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid email",
}


@pytest.fixture
def admin(house: House) -> Admin:
    return Admin(house)


def test_a_program_is_made_with_its_secret_and_read_without(
    house: House, admin: Admin, clock: FakeClock
) -> None:
    made = admin("POST", "/clients", SHOP, **{"X-Request-Id": "r-1"})
    assert made.status_code == 201
    told = made.get_json()
    secret, client_id = told.pop("client_secret"), told["client_id"]
    assert made.headers["Location"] == f"clients/{client_id}"
    assert {name: told[name] for name in SHOP} == SHOP
    assert (told["created_at"], told["token_endpoint_auth_method"]) == (clock.now, "client_secret_basic")
    assert (told["require_pkce"], told["trusted"]) == (True, False)
    assert admin("GET", f"/clients/{client_id}").get_json() == told
    assert house.gatepass.clients.authenticate(client_id, Secret(secret)).name == "Shop"
    row = house.gatepass.audit_trail.newest(limit=1)[0]
    assert (row.kind, row.actor, row.request_id) == ("client.created", f"user:{admin.id}", "r-1")
    assert secret not in row.details


def test_a_public_program_has_no_secret(admin: Admin) -> None:
    told = admin("POST", "/clients", {**SHOP, "token_endpoint_auth_method": "none"}).get_json()
    assert "client_secret" not in told
    answer = admin("POST", f"/clients/{told['client_id']}/secret")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_input")


def test_what_is_sent_is_changed_and_what_is_null_is_as_it_was_before_anything_was_said(admin: Admin) -> None:
    client_id = admin("POST", "/clients", SHOP).get_json()["client_id"]
    path = f"/clients/{client_id}"
    changed = admin(
        "PATCH", path, {"scope": "openid", "logo_uri": "https://shop.example.com/l.png"}
    ).get_json()
    assert (changed["scope"], changed["redirect_uris"]) == ("openid", SHOP["redirect_uris"])
    assert changed["logo_uri"] == "https://shop.example.com/l.png"
    assert "logo_uri" not in admin("PATCH", path, {"logo_uri": None, "default_max_age": 0}).get_json()
    renamed = admin("PATCH", path, {"name": "Store"}).get_json()
    assert (renamed["name"], renamed["scope"], renamed["default_max_age"]) == ("Store", "openid", 0)
    assert admin("GET", path).get_json() == renamed


def test_another_secret_takes_the_place_of_the_old_one(house: House, admin: Admin) -> None:
    told = admin("POST", "/clients", SHOP).get_json()
    client_id = told["client_id"]
    rotated = admin("POST", f"/clients/{client_id}/secret").get_json()
    client = house.gatepass.clients.get(client_id)
    assert house.gatepass.clients.check_secret(client, Secret(rotated["client_secret"]))
    assert not house.gatepass.clients.check_secret(client, Secret(told["client_secret"]))


def test_programs_are_listed_page_by_page_and_forgotten(admin: Admin) -> None:
    ids = sorted(
        admin("POST", "/clients", {"name": f"P{number}"}).get_json()["client_id"] for number in range(3)
    )
    first = admin("GET", "/clients?limit=2").get_json()
    second = admin("GET", f"/clients?limit=2&after={first['next']}").get_json()
    assert [one["client_id"] for page in (first, second) for one in page["clients"]] == ids
    assert not [one for one in first["clients"] if "client_secret" in one]
    path = f"/clients/{ids[0]}"
    assert admin("DELETE", path).status_code == 204
    for method, tail, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "X"}),
        ("PATCH", "", {"scope": "x"}),
        ("DELETE", "", None),
        ("POST", "/secret", None),
    ):
        answer = admin(method, f"{path}{tail}", body)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "missing"),
        ({"name": 1}, "name", "wrong_type"),
        ({"name": "a\x07"}, "name", "invalid"),
        ({"name": "A", "client_id": "mine"}, "client_id", "unknown_field"),
        ({"name": "A", "redirect_uri": "https://a.example"}, "redirect_uri", "unknown_field"),
        ({"name": "A", "redirect_uris": "https://a.example"}, "redirect_uris", "wrong_type"),
        ({"name": "A", "redirect_uris": ["javascript:alert(1)"]}, "redirect_uris", "invalid"),
        ({"name": "A", "redirect_uris": [1]}, "redirect_uris", "wrong_type"),
        ({"name": "A", "grant_types": ["password"]}, "grant_types", "invalid"),
        ({"name": "A", "token_endpoint_auth_method": "x"}, "token_endpoint_auth_method", "wrong_type"),
        ({"name": "A", "default_max_age": -1}, "default_max_age", "invalid"),
        ({"name": "A", "logo_uri": "http://["}, "logo_uri", "invalid"),
        ({"name": "A", "origins": ["http://["]}, "origins", "invalid"),
        ({"name": "A", "resources": ["http://["]}, "resources", "invalid"),
    ],
)
def test_a_field_that_cannot_be_taken_is_named(
    admin: Admin, body: dict[str, object], field: str, code: str
) -> None:
    answer = admin("POST", "/clients", body)
    assert answer.status_code == 400, answer.text
    assert [(fault["field"], fault["code"]) for fault in answer.get_json()["errors"]][:1] == [(field, code)]
