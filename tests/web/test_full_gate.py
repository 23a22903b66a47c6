"""When too many passwords are being hashed, the next one is sent away, and nothing is held against it."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from gatepass_server.settings.model import available_cores
from tests.support.house import PASSWORD, House


@pytest.mark.compliance("RFC 9110", "15.6.4", "503 says when to come again")
def test_a_full_gate_answers_503_and_counts_no_attempt(open_house: Callable[..., House]) -> None:
    house = open_house(hash_queue=1, login_failures_per_account=1)
    house.sign_up()
    with ExitStack() as places:
        for number in range(available_cores() + 1):
            places.enter_context(house.gatepass.log_in._check._gate.admitted(f"caller {number}"))
        for answer in [house.try_log_in(password="wrong by far") for _ in range(5)] + [
            house.sign_up("bob@example.com")
        ]:
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) >= 1
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.get_json()["code"] == "busy"
        assert house.client.get("/healthz").status_code == 200
        assert house.client.get("/user").status_code == 401
    assert house.try_log_in(password="wrong by far").status_code == 403
    assert house.sign_up("bob@example.com").status_code == 201


def test_a_known_email_is_told_without_waiting_for_a_turn(open_house: Callable[..., House]) -> None:
    house = open_house(hash_queue=1)
    house.sign_up()
    with ExitStack() as turns:
        for number in range(available_cores()):
            admission = turns.enter_context(house.gatepass.sign_up._gate.admitted(f"caller {number}"))
            turns.enter_context(admission.slot())
        assert house.sign_up(password=PASSWORD).status_code == 202


def test_a_full_gate_tells_a_known_email_from_no_new_one(open_house: Callable[..., House]) -> None:
    house = open_house(hash_queue=0)
    house.sign_up()
    with ExitStack() as places:
        for number in range(available_cores()):
            places.enter_context(house.gatepass.sign_up._gate.admitted(f"caller {number}"))
        known, new = house.sign_up(), house.sign_up("bob@example.com")
    assert known.status_code == new.status_code == 503
    assert known.get_json() == new.get_json()


def test_one_address_cannot_fill_the_queue(open_house: Callable[..., House]) -> None:
    house = open_house(hash_queue=2)
    house.sign_up()
    with ExitStack() as places:
        for _ in range(available_cores() + 1):
            places.enter_context(house.gatepass.log_in._check._gate.admitted("address:127.0.0.1"))
        assert house.try_log_in().status_code == 503
        assert house.try_log_in(environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 201
        assert house.sign_up("bob@example.com").status_code == 503
        house.client.environ_base["REMOTE_ADDR"] = "192.0.2.1"
        assert house.sign_up("bob@example.com").status_code == 201


def test_who_is_past_a_limit_takes_no_place_in_the_queue(open_house: Callable[..., House]) -> None:
    house = open_house(hash_queue=0, login_failures_per_account=1)
    house.sign_up()
    assert house.try_log_in(password="wrong by far").status_code == 403
    refused = house.try_log_in()
    with ExitStack() as places:
        for number in range(available_cores()):
            places.enter_context(house.gatepass.log_in._check._gate.admitted(f"caller {number}"))
        again = house.try_log_in()
    assert refused.status_code == again.status_code == 429
    assert refused.get_json() == again.get_json()
    assert refused.headers["Retry-After"] == again.headers["Retry-After"]
