"""Failed attempts are limited, by account and by address."""

from collections.abc import Callable

import pytest

from gatepass_server.accounts.forms import AccountForm
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, PASSWORD, House

WRONG = "quite another password"


def fail(house: House, email: str = EMAIL, address: str = "192.0.2.1") -> int:
    answer = house.try_log_in(email, WRONG, environ_base={"REMOTE_ADDR": address})
    return answer.status_code


@pytest.mark.compliance("RFC 6585", "4", "429 says when to come again")
def test_an_account_is_closed_at_its_limit_until_the_window_ends(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    house = open_house(login_failures_per_account=3, login_window=600)
    house.sign_up()
    assert fail(house) == 403
    clock.advance(100)
    assert [fail(house, address=f"192.0.2.{number}") for number in (2, 3, 4)] == [403, 403, 429]
    answer = house.try_log_in()  # the right password, and it is not looked at
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "500"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.get_json()["code"] == "too_many_attempts"
    clock.advance(499)
    assert house.try_log_in().status_code == 429
    clock.advance(1)
    assert house.try_log_in().status_code == 201


def test_an_unknown_email_is_limited_as_a_known_one(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_account=2)
    house.sign_up()
    for email in (EMAIL, "nobody@example.com"):
        assert [fail(house, email) for _ in range(3)] == [403, 403, 429]


def test_an_address_is_closed_at_its_limit_and_others_are_not(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_address=3)
    house.sign_up()
    assert [fail(house, f"u{number}@example.com") for number in range(4)] == [403, 403, 403, 429]
    assert house.try_log_in(environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 429
    assert house.try_log_in().status_code == 201


def test_asking_after_known_emails_is_limited_by_address(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_address=2)
    assert [house.sign_up().status_code for _ in range(4)] == [201, 202, 202, 429]
    assert int(house.sign_up().headers["Retry-After"]) > 0


@pytest.mark.parametrize("address", ["127.0.0.1", ""])
def test_beyond_the_limit_known_and_new_emails_are_answered_alike(
    open_house: Callable[..., House], clock: FakeClock, address: str
) -> None:
    house = open_house(login_failures_per_address=2, login_window=60)
    house.client.environ_base["REMOTE_ADDR"] = address
    for _ in range(3):
        house.sign_up()
    house.client.environ_base |= {"HTTP_X_REQUEST_ID": "the-same"}
    known, new = house.sign_up(), house.sign_up("new@example.com")
    assert known.status_code == 429
    assert (known.status, known.data, list(known.headers)) == (new.status, new.data, list(new.headers))
    house.client.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    assert house.sign_up("another@example.com").status_code == 201
    clock.advance(60)
    house.client.environ_base["REMOTE_ADDR"] = address
    assert house.sign_up("new@example.com").status_code == 201


def test_any_number_of_new_emails_may_sign_up_from_one_address(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_address=2)
    assert {house.sign_up(f"u{number}@example.com").status_code for number in range(5)} == {201}


def test_the_operator_makes_accounts_whatever_the_limit(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_address=1)
    house.client.environ_base["REMOTE_ADDR"] = ""
    for _ in range(3):
        house.sign_up()
    assert house.sign_up("bob@example.com").status_code == 429
    form = AccountForm.check(
        name="Bob", email="bob@example.com", password=PASSWORD, policy=house.gatepass.policy
    )
    assert house.gatepass.sign_up(form, address="").email == "bob@example.com"


def test_a_clock_that_was_wrong_for_a_while_locks_nobody_out_for_longer_than_a_window(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    house = open_house(login_failures_per_account=2, login_window=60)
    house.sign_up()
    clock.advance(10**6)
    assert [fail(house) for _ in range(3)] == [403, 403, 429]
    clock.advance(-(10**6))
    assert fail(house) == 429
    clock.advance(60)
    assert house.try_log_in().status_code == 201


def test_a_success_takes_its_count_back(open_house: Callable[..., House]) -> None:
    house = open_house(login_failures_per_account=3, login_failures_per_address=5)
    house.sign_up()
    for _ in range(20):
        assert house.try_log_in().status_code == 201
    assert [fail(house) for _ in range(2)] == [403, 403]
    assert house.try_log_in().status_code == 201
    assert [fail(house) for _ in range(3)] == [403, 403, 403]


def test_a_success_does_not_wash_an_address_clean(open_house: Callable[..., House]) -> None:
    """Otherwise whoever has an account could guess at all others without end."""
    house = open_house(login_failures_per_address=4)
    house.sign_up()
    for number in range(4):
        assert fail(house, f"u{number}@example.com") == 403
        own = house.try_log_in(environ_base={"REMOTE_ADDR": "192.0.2.1"})
        assert own.status_code == (201 if number < 3 else 429)


@pytest.mark.advisory("django-allauth 65.20 (look-alike log-ins)")
@pytest.mark.parametrize(
    "spelling",
    [
        "ANN@EXAMPLE.COM",
        " ann@example.com\t",
        "\uff41nn@example.com",
        "ann\uff20example.com",
        "\u1d43nn@example.com",
    ],
)
def test_look_alike_spellings_share_an_account_and_its_limit(
    open_house: Callable[..., House], spelling: str
) -> None:
    house = open_house(login_failures_per_account=2)
    house.sign_up()
    assert house.try_log_in(spelling).status_code == 201
    assert [fail(house, email) for email in (spelling, EMAIL, spelling)] == [403, 403, 429]
    assert fail(house) == 429


def test_a_full_window_is_refused_for_the_rest_of_it_only(
    open_house: Callable[..., House], clock: FakeClock
) -> None:
    house = open_house(login_failures_per_account=1, login_window=60)
    house.sign_up()
    for _ in range(3):
        assert [fail(house), fail(house), fail(house)] == [403, 429, 429]
        clock.advance(60)
