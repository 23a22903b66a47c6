"""``POST /logout``: the session ends, and all that was handed out for it."""

import pytest
from werkzeug.test import TestResponse

from tests.support.clock import FakeClock
from tests.support.house import House


def log_out(house: House, token: str | None = None, **fields: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return house.client.post("/logout", headers=headers, json=fields or None)


def test_a_log_out_ends_access_and_refresh_tokens_of_this_session_alone(house: House) -> None:
    house.sign_up()
    here, there = house.log_in(), house.log_in()
    answer = log_out(house, here["token"])
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert house.get("/me", here["token"]).status_code == 401
    assert house.refresh(here["refresh_token"]).status_code == 400
    assert house.get("/me", there["token"]).status_code == 200
    assert house.refresh(there["refresh_token"]).status_code == 200


def test_a_log_out_with_a_refresh_token_needs_no_access_token(house: House, clock: FakeClock) -> None:
    house.sign_up()
    tokens = house.log_in()
    clock.advance(house.gatepass.settings.access_token_ttl)
    assert log_out(house, tokens["token"]).status_code == 401
    assert log_out(house, refresh_token=tokens["refresh_token"]).status_code == 204
    assert house.refresh(tokens["refresh_token"]).status_code == 400


def test_a_spent_refresh_token_logs_out_too(house: House) -> None:
    house.sign_up()
    first = house.log_in()
    second = house.refresh(first["refresh_token"]).get_json()
    assert log_out(house, refresh_token=first["refresh_token"]).status_code == 204
    assert house.refresh(second["refresh_token"]).status_code == 400
    assert house.get("/me", second["token"]).status_code == 401


@pytest.mark.compliance("RFC 7009", "2.2", "an unknown token is answered as one that was ended")
@pytest.mark.parametrize("token", ["unknown", "gp_rt_A.B", "\0", "eyJh.eyJh.c2ln"])
def test_an_unknown_refresh_token_is_as_good_as_logged_out(house: House, token: str) -> None:
    assert log_out(house, refresh_token=token).status_code == 204


def test_nobody_who_sent_a_good_access_token_is_told_of_a_log_out_that_was_none(house: House) -> None:
    """An unknown refresh token, such as one of long ago, beside it does not keep the session alive."""
    token = house.token()
    assert log_out(house, "broken", refresh_token="gp_rt_A.B").status_code == 401
    assert log_out(house, token, refresh_token="gp_rt_A.B").status_code == 204
    assert house.get("/me", token).status_code == 401


def test_without_any_token_nobody_is_logged_out(house: House) -> None:
    assert (log_out(house).status_code, log_out(house).get_json()) == (401, {"message": "Token is missing"})
    assert log_out(house, refresh_token="").status_code == 401
    assert log_out(house, "broken").status_code == 401


def test_a_second_log_out_finds_the_token_dead(house: House) -> None:
    house.sign_up()
    tokens = house.log_in()
    assert log_out(house, tokens["token"]).status_code == 204
    assert log_out(house, tokens["token"]).status_code == 401
    assert log_out(house, refresh_token=tokens["refresh_token"]).status_code == 204
