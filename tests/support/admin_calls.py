"""Calls of the admin API, as a program makes them."""

from typing import Any

from werkzeug.test import TestResponse

from gatepass_server.accounts.forms import AccountForm
from tests.support.house import PASSWORD, House

ROOT = "root@example.com"


def make_account(house: House, email: str, *, is_admin: bool = False, name: str = "Ann") -> str:
    """An account; its id."""
    form = AccountForm.check(name=name, email=email, password=PASSWORD, policy=house.gatepass.policy)
    return house.gatepass.sign_up(form, address="", is_admin=is_admin).id


def admin_token(house: House, email: str = ROOT, scope: str = "admin", **body: str) -> str:
    """A token of a log-in that asked for the scope."""
    fields = {"email": email, "password": PASSWORD, "scope": scope, **body}
    answer = house.client.post("/login", json=fields)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["token"])


class Admin:
    """An admin, with a token for the API."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.id = make_account(house, ROOT, is_admin=True, name="Root")
        self.token = admin_token(house)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """One call; ``path`` is below ``/api/admin``."""
        given = {"Authorization": f"Bearer {self.token}", **headers}
        sent = {} if body is None else {"json": body}
        return self.house.client.open(f"/api/admin{path}", method=method, headers=given, **sent)
