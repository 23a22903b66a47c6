"""``mode=opaque``: an access token that means nothing, and is looked up."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD, House


def log_in(house: House, email: str = EMAIL) -> dict[str, Any]:
    answer = house.client.post("/login", json={"email": email, "password": PASSWORD, "mode": "opaque"})
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


@pytest.fixture
def tokens(house: House) -> dict[str, Any]:
    house.sign_up()
    return log_in(house)


def test_a_log_in_tells_an_opaque_token_and_a_refresh_token(tokens: dict[str, Any]) -> None:
    assert tokens["token"].startswith("gp_at_")
    assert "." not in tokens["token"]
    assert tokens["refresh_token"].startswith("gp_rt_")
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 1800, "account")


def test_it_opens_the_servers_own_endpoints_in_either_header(house: House, tokens: dict[str, Any]) -> None:
    token = tokens["token"]
    assert house.get("/me", token).get_json()["email"] == EMAIL
    assert house.get("/user", **{"x-access-token": token}).status_code == 200
    assert house.get("/me", token + "x").get_json() == {"message": "Token is invalid"}


def test_it_ends_in_its_time(house: House, tokens: dict[str, Any], clock: FakeClock) -> None:
    clock.advance(1799)
    assert house.get("/me", tokens["token"]).status_code == 200
    clock.advance(1)
    assert house.get("/me", tokens["token"]).status_code == 401


def test_it_ends_with_its_account(house: House, tokens: dict[str, Any]) -> None:
    house.gatepass.administration.disable(EMAIL)
    assert house.get("/me", tokens["token"]).status_code == 401


def test_it_never_outlives_its_session(open_house: Callable[..., House], clock: FakeClock) -> None:
    house = open_house(session_ttl=60, refresh_token_idle=60)
    house.sign_up()
    tokens = log_in(house)
    assert tokens["expires_in"] == 60
    clock.advance(60)
    assert house.get("/me", tokens["token"]).status_code == 401


def test_a_refresh_gives_an_opaque_token_again(house: House, tokens: dict[str, Any]) -> None:
    again = house.refresh(tokens["refresh_token"]).get_json()
    assert again["token"].startswith("gp_at_")
    assert again["token"] != tokens["token"]
    assert house.get("/me", again["token"]).status_code == 200


def test_a_refresh_with_fewer_scopes_gives_a_token_with_fewer(open_house: Callable[..., House]) -> None:
    house = open_house(login_scope="account orders:read")
    house.sign_up()
    refreshed = house.client.post(
        "/refresh", json={"refresh_token": log_in(house)["refresh_token"], "scope": "orders:read"}
    ).get_json()
    assert refreshed["scope"] == "orders:read"
    principal = house.gatepass.verifier.verify(refreshed["token"])
    assert principal.scopes == {"orders:read"}
    assert house.gatepass.verifier.verify(log_in(house)["token"], scopes="account orders:read").scopes


def test_a_digest_is_not_a_token(house: House, tokens: dict[str, Any]) -> None:
    with house.gatepass.store.read() as uow:
        rows = uow._connection.exec_driver_sql("SELECT digest FROM gatepass_opaque_tokens").scalars()  # type: ignore[attr-defined] # what lies in the table is looked at on purpose
    (digest,) = (bytes(row) for row in rows)
    assert digest not in tokens["token"].encode()
    assert house.get("/me", "gp_at_" + digest.hex()).status_code == 401


def test_expired_tokens_leave_the_table_as_new_ones_come(house: House, clock: FakeClock) -> None:
    house.sign_up()
    counts = []
    for _ in range(5):
        for _ in range(4):
            log_in(house)
        clock.advance(1801)
        with house.gatepass.store.read() as uow:
            counts.append(
                uow._connection.exec_driver_sql("SELECT count(*) FROM gatepass_opaque_tokens").scalar()  # type: ignore[attr-defined] # the table is counted on purpose
            )
    assert counts == [4, 4, 4, 4, 4]


def test_an_opaque_token_is_explained(house: House, tokens: dict[str, Any], clock: FakeClock) -> None:
    explanation = house.gatepass.verifier.explain(tokens["token"])
    assert explanation.accepted
    clock.advance(1800)
    explanation = house.gatepass.verifier.explain(tokens["token"])
    assert explanation.code == "expired"
    assert tokens["token"] not in str(explanation)
