"""Who may call the admin API: an admin who asked for the scope ``admin``, and nobody by a cookie."""

from collections.abc import Callable

import pytest

from gatepass_server.domain.clients import ClientMetadata
from gatepass_server.web.api.admin.table import table
from tests.support.admin_calls import ROOT, Admin, admin_token, make_account
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, ISSUER, PASSWORD, House


def addresses(house: House) -> list[tuple[str, str]]:
    """Every method and address of the API, with names that nothing has."""
    return [
        (
            row.method,
            row.path.replace("<user_id>", "u1")
            .replace("<role>", "r1")
            .replace("<group>", "g1")
            .replace("<client_id>", "c1"),
        )
        for row in table(house.gatepass)
    ]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_an_admin_asks_for_the_scope_and_may_call(house: House) -> None:
    admin = Admin(house)
    assert admin("GET", "/users").status_code == 200


def test_without_a_token_every_address_answers_the_same(house: House) -> None:
    for method, path in addresses(house):
        answer = house.client.open(path, method=method)
        assert (answer.status_code, answer.get_json()) == (401, {"message": "Token is missing"}), path


def test_an_admin_who_did_not_ask_for_the_scope_lacks_it(house: House) -> None:
    token = house.token(ROOT, is_admin=True)
    for method, path in addresses(house):
        answer = house.client.open(path, method=method, headers=bearer(token))
        assert answer.status_code == 403, path
        assert 'error="insufficient_scope", scope="admin"' in answer.headers["WWW-Authenticate"]


def test_somebody_else_gets_the_scope_by_no_log_in(house: House) -> None:
    house.sign_up()
    body = {"email": EMAIL, "password": PASSWORD, "scope": "account admin"}
    answer = house.client.post("/login", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_scope")
    wrong = house.client.post("/login", json={**body, "password": "another long one"})
    assert wrong.status_code == 403
    row = house.gatepass.audit_trail.newest(limit=2)[0]
    assert (row.kind, row.details) == ("log_in.failed", '{"reason":"scope"}')


def test_somebody_else_with_the_scope_is_told_nothing_of_what_there_is(
    open_house: Callable[..., House],
) -> None:
    house = open_house(login_scope="account admin")
    make_account(house, ROOT, is_admin=True)
    house.sign_up()
    token = house.log_in()["token"]
    for method, path in addresses(house):
        answer = house.client.open(path, method=method, headers=bearer(token))
        assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden"), path


def test_a_cookie_opens_nothing(house: House) -> None:
    make_account(house, ROOT, is_admin=True)
    body = {"email": ROOT, "password": PASSWORD, "mode": "cookie"}
    assert house.client.post("/login", json={**body, "scope": "admin"}, base_url=ISSUER).status_code == 400
    csrf = house.client.post("/login", json=body, base_url=ISSUER).get_json()["csrf_token"]
    assert house.client.get("/me", base_url=ISSUER).status_code == 200
    for method, path in addresses(house):
        answer = house.client.open(path, method=method, base_url=ISSUER, headers={"X-CSRF-Token": csrf})
        assert (answer.status_code, answer.get_json()) == (401, {"message": "Token is missing"}), path


def test_a_token_in_another_header_is_not_looked_at(house: House) -> None:
    token = Admin(house).token
    assert house.client.get("/api/admin/users", headers={"x-access-token": token}).status_code == 401


@pytest.mark.parametrize("how", ["ended", "demoted", "disabled", "expired"])
def test_rights_that_are_gone_open_nothing_from_now_on(house: House, clock: FakeClock, how: str) -> None:
    admin = Admin(house)
    make_account(house, "other@example.com", is_admin=True)
    administration = house.gatepass.administration
    if how == "ended":
        administration.end_sessions(ROOT)
    elif how == "demoted":
        administration.set_role(ROOT, is_admin=False)
    elif how == "disabled":
        administration.disable(ROOT)
    else:
        clock.advance(1801)
    assert admin("GET", "/users").status_code == 401


def test_an_opaque_token_and_a_refreshed_one_serve_as_well(house: House) -> None:
    admin = Admin(house)
    admin.token = admin_token(house, mode="opaque")
    assert admin("GET", "/users").status_code == 200
    fields = {"email": ROOT, "password": PASSWORD, "scope": "admin account"}
    pair = house.client.post("/login", json=fields).get_json()
    assert pair["scope"] == "admin account"
    admin.token = house.refresh(pair["refresh_token"]).get_json()["token"]
    assert admin("GET", "/users").status_code == 200
    assert house.get("/me", admin.token).status_code == 200


def test_a_token_of_the_operator_serves_if_it_is_an_admins(house: House) -> None:
    admin = Admin(house)
    house.sign_up()
    issue = house.gatepass.administration.issue_token
    admin.token = issue(ROOT, expires_in=60, scope="admin")
    assert admin("GET", "/users").status_code == 200
    admin.token = issue(EMAIL, expires_in=60, scope="admin")
    assert admin("GET", "/users").status_code == 403


def test_where_the_api_is_switched_off_there_is_none(open_house: Callable[..., House]) -> None:
    house = open_house(admin_api=False)
    make_account(house, ROOT, is_admin=True)
    assert house.client.get("/api/admin/users").status_code == 404
    body = {"email": ROOT, "password": PASSWORD, "scope": "admin"}
    assert house.client.post("/login", json=body).get_json()["code"] == "invalid_scope"
    assert not [path for path in house.client.get("/openapi.json").get_json()["paths"] if "admin" in path]


def test_a_program_with_the_scope_may_call_in_its_own_name_until_it_may_not(house: House) -> None:
    gatepass = house.gatepass
    registered = ClientMetadata(grant_types=("client_credentials",), scope="admin orders:read")
    client, _ = gatepass.clients.create("Provisioning", registered)
    token = gatepass.signer().issue(client.id, expires_in=60, scopes=["admin"], client_id=client.id)

    def call() -> int:
        answer = house.client.post("/api/admin/groups", json={"name": "g1"}, headers=bearer(token))
        return answer.status_code

    assert call() == 201
    assert gatepass.audit_trail.newest(limit=1)[0].actor == f"client:{client.id}"
    gatepass.clients.change(client.id, metadata=ClientMetadata(scope="orders:read"))
    assert call() == 403
    gatepass.clients.delete(client.id)
    assert call() == 401


def test_a_token_of_no_session_that_is_no_programs_own_opens_nothing(house: House) -> None:
    admin = Admin(house)
    client, _ = house.gatepass.clients.create("A", ClientMetadata(scope="admin"))
    signer = house.gatepass.signer()
    for subject, client_id in (
        (admin.id, client.id),
        (admin.id, None),
        (client.id, None),
        (client.id, "other"),
    ):
        token = signer.issue(subject, expires_in=60, scopes=["admin"], client_id=client_id)
        assert house.client.get("/api/admin/users", headers=bearer(token)).status_code == 401


@pytest.mark.compliance("RFC 6749", "4.4", "a program acts in its own name with its own credentials")
def test_a_program_gets_its_token_with_its_secret_until_it_is_forgotten(house: House) -> None:
    admin = Admin(house)
    registered = {"grant_types": ["client_credentials"], "scope": "admin orders:read"}
    client = admin("POST", "/clients", {"name": "Provisioning", **registered}).get_json()

    def token(scope: str) -> str:
        asked = {"grant_type": "client_credentials", "scope": scope}
        told = {name: client[name] for name in ("client_id", "client_secret")}
        return str(house.client.post("/oauth2/token", data={**asked, **told}).get_json()["access_token"])

    def call(token: str) -> int:
        return house.client.get("/api/admin/users", headers=bearer(token)).status_code

    mine = token("admin")
    assert [call(mine), call(token("orders:read"))] == [200, 403]
    with house.gatepass.store.write() as uow:
        assert uow.client_grants.end_all_of(client["client_id"], int(house.gatepass.clock())) == 1
    assert call(mine) == 401
    again = token("admin")
    assert call(again) == 200
    assert admin("DELETE", f"/clients/{client['client_id']}").status_code == 204
    assert call(again) == 401
