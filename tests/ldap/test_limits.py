"""Guesses are limited before the directory hears of them."""

import pytest

from tests.ldap.conftest import MakeHouse
from tests.ldap.people import ADDRESS, status, told, whoami
from tests.support.clock import FakeClock
from tests.support.slapd import BEE, Slapd


@pytest.mark.parametrize("known", [True, False])
def test_no_more_guesses_reach_the_directory_than_an_account_may_have(
    make_house: MakeHouse, slapd: Slapd, clock: FakeClock, known: bool
) -> None:
    house = make_house(login_failures_per_account=3)
    if known:
        whoami(house)
    assert [status(house, password="wrong") for _ in range(3)] == [403, 403, 403]
    before = slapd.operations("Bind")
    assert [status(house), status(house, password="wrong")] == [429, 429]
    assert slapd.operations("Bind") == before
    clock.advance(901)
    assert status(house) == 201


def test_the_names_and_addresses_of_one_person_have_one_limit(make_house: MakeHouse, slapd: Slapd) -> None:
    house = make_house(login_failures_per_account=3)
    dn = slapd.person("many", mail=["many@example.com", "more@example.com", "most@example.com"])
    logins = ("many", "many@example.com", "more@example.com")
    assert [status(house, login, "wrong") for login in logins] == [403, 403, 403]
    before = slapd.operations("Bind")
    assert [status(house, login) for login in ("most@example.com", "many")] == [429, 429]
    assert slapd.operations("Bind") == before + 2, "the searcher, twice"
    slapd.remove(dn)


def test_an_address_that_guesses_is_stopped_whomever_it_tries(make_house: MakeHouse, slapd: Slapd) -> None:
    house = make_house(login_failures_per_address=3)
    assert [status(house, f"nobody{number}", "wrong") for number in range(3)] == [403, 403, 403]
    before = slapd.operations("Search")
    assert status(house, "bee") == 429
    assert slapd.operations("Search") == before + 1, "that of the counter itself"


def test_a_right_password_makes_failures_forgotten(make_house: MakeHouse) -> None:
    house = make_house(login_failures_per_account=3)
    for _ in range(3):
        assert [status(house, login, "wrong") for login in (ADDRESS, "bee")] == [403, 403]
        whoami(house)
        whoami(house, "bee")
    assert told(house, "attempts.limited") == []


def test_the_right_password_of_one_name_does_not_help_another_past_its_limit(make_house: MakeHouse) -> None:
    house = make_house(login_failures_per_account=2)
    assert [status(house, ADDRESS, "wrong") for _ in range(2)] == [403, 403]
    assert status(house, "bee", BEE) == 429
