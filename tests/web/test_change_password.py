"""``POST /me/password``: the old one is asked for, and every other session ends."""

from collections.abc import Callable
from typing import Any

import pytest

from gatepass_server.crypto.passwords import PasswordHasher
from tests.support.house import EMAIL, PASSWORD, House

NEW = "quite another password"


def change(
    house: House, token: str, current: str | None = PASSWORD, new: str | None = NEW
) -> tuple[int, Any]:
    answer = house.client.post(
        "/me/password",
        json={"current_password": current, "new_password": new},
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.status_code, answer.get_json()


def test_the_new_password_lets_in_and_the_old_one_does_not(house: House) -> None:
    assert change(house, house.token()) == (200, {"ended": 0})
    assert house.try_log_in(password=PASSWORD).status_code == 403
    assert house.try_log_in(password=NEW).status_code == 201


def test_every_other_session_ends_and_this_one_goes_on(house: House) -> None:
    house.sign_up()
    here, there = house.log_in(), house.log_in()
    theirs = house.token("bob@example.com")
    assert change(house, here["token"]) == (200, {"ended": 1})
    assert house.get("/me", there["token"]).status_code == 401
    assert house.refresh(there["refresh_token"]).status_code == 400
    assert house.get("/me", theirs).status_code == 200
    assert house.refresh(here["refresh_token"]).status_code == 200


@pytest.mark.parametrize("how", ["log-out", "disabled"])
def test_who_is_thrown_out_while_the_hash_is_made_changes_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    token = house.token()
    session_id = house.gatepass.verifier.verify(token).session_id
    assert session_id is not None
    owner = house.gatepass.administration.find(EMAIL)
    make = PasswordHasher.hash

    def slow(self: PasswordHasher, password: str) -> str:
        if how == "disabled":
            house.gatepass.administration.disable(EMAIL)
        else:
            house.gatepass.log_out.one(owner, session_id)
        return make(self, password)

    with monkeypatch.context() as patched:
        patched.setattr(PasswordHasher, "hash", slow)
        assert change(house, token)[0] == 403
    house.gatepass.administration.enable(EMAIL)
    assert house.try_log_in(password=NEW).status_code == 403
    assert house.try_log_in().status_code == 201


def test_a_wrong_password_changes_nothing(house: House) -> None:
    house.sign_up()
    here, there = house.log_in(), house.log_in()
    status, problem = change(house, here["token"], current="a wrong password")
    assert (status, problem["code"]) == (403, "wrong_credentials")
    assert house.get("/me", there["token"]).status_code == 200
    assert house.try_log_in().status_code == 201


def test_guessing_with_a_stolen_token_meets_the_limits_of_log_ins(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_account=3)
    token = house.token()
    statuses = [change(house, token, current=f"guess number {number}")[0] for number in range(5)]
    assert statuses == [403, 403, 403, 429, 429]
    assert change(house, token)[0] == 429
    assert house.try_log_in().status_code == 429


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("short", "too_short"),
        ("password1", "too_common"),
        (EMAIL, "too_personal"),
        (PASSWORD, "unchanged"),
        ("x" * 1025, "too_long"),
    ],
)
def test_a_new_password_that_cannot_be_taken_is_named(house: House, new: str, code: str) -> None:
    status, problem = change(house, house.token(), new=new)
    assert status == 400
    assert [(fault["field"], fault["code"]) for fault in problem["errors"]] == [("new_password", code)]
    assert house.try_log_in().status_code == 201


@pytest.mark.parametrize("missing", ["current_password", "new_password"])
def test_a_missing_field_is_named(house: House, missing: str) -> None:
    given = {"current_password": PASSWORD, "new_password": NEW, missing: None}
    status, problem = change(house, house.token(), given["current_password"], given["new_password"])
    assert status == 400
    assert [fault["field"] for fault in problem["errors"]] == [missing]


def test_nobody_changes_a_password_without_a_token(house: House) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert house.client.post("/me/password", json=body).status_code == 401
