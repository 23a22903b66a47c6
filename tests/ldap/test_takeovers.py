"""What the directory says of an e-mail address gives nobody an account that somebody else has."""

import pytest

from tests.ldap.conftest import MakeHouse
from tests.ldap.people import identity, status, whoami, why
from tests.support.house import PASSWORD, House
from tests.support.slapd import BEE, Slapd


def test_the_address_of_a_local_admin_lets_nobody_of_the_directory_in(house: House, slapd: Slapd) -> None:
    house.token("boss@example.com", is_admin=True)
    thief = slapd.person("thief", "the thief's", mail="Boss@Example.com")
    assert [status(house, login, "the thief's") for login in ("boss@example.com", "thief")] == [403, 403]
    assert whoami(house, "boss@example.com", PASSWORD)["is_admin"]
    assert identity(house, slapd.subject(thief)) is None
    assert why(house) == ["wrong_password", "email_taken"]
    slapd.remove(thief)


def test_who_gets_another_address_in_the_directory_is_still_the_same_person(
    house: House, slapd: Slapd
) -> None:
    dn = slapd.person("mover")
    before = whoami(house, "mover@example.com")
    house.sign_up("victim@example.com")
    slapd.change(dn, mail=["victim@example.com"])
    assert whoami(house, "mover@example.com") == before, "known by the account's own address"
    assert whoami(house, "mover") == before
    assert status(house, "victim@example.com") == 403
    assert status(house, "victim@example.com", PASSWORD) == 201
    slapd.change(dn, mail=["moved@example.com"])
    assert whoami(house, "moved@example.com") == before, "the account keeps the address that it was made with"
    linked = identity(house, slapd.subject(dn))
    assert linked is not None
    assert linked.email == "moved@example.com"
    slapd.remove(dn)


def test_a_name_that_is_given_to_somebody_else_is_another_person(house: House, slapd: Slapd) -> None:
    dn = slapd.person("reused", "the first one's")
    first = whoami(house, "reused", "the first one's")
    slapd.remove(dn)
    second = slapd.person("reused", "the second one's", mail="second@example.com")
    assert status(house, "reused@example.com", "the second one's") == 403
    assert whoami(house, "reused", "the second one's")["public_id"] != first["public_id"]
    slapd.change(second, mail=["reused@example.com"])
    assert status(house, "reused@example.com", "the second one's") == 403
    slapd.remove(second)


def test_an_address_that_was_somebodys_gives_nobody_a_new_account(house: House, slapd: Slapd) -> None:
    former = slapd.person("former", mail="shared@example.com")
    whoami(house, "former")
    slapd.remove(former)
    latter = slapd.person("latter", mail="Shared@Example.com")
    assert [status(house, login) for login in ("latter", "shared@example.com")] == [403, 403]
    assert why(house) == ["email_taken", "unknown_email"]
    slapd.remove(latter)


@pytest.mark.parametrize("path", ["/signup", "/sign-up"])
def test_nobody_takes_an_address_of_the_directory_before_its_owner_comes(
    make_house: MakeHouse, path: str
) -> None:
    house = make_house(ldap_email_domains="Example.com")
    form = {"name": "Thief", "email": "bee@EXAMPLE.com", "password": PASSWORD}
    answer = house.client.post(path, data=form, headers={"Origin": "https://auth.example.com"})
    assert answer.status_code == 400
    assert "a password of their organisation" in answer.text
    assert whoami(house)["email"] == "Bee@example.com"
    assert house.sign_up("ann@elsewhere.org").status_code == 201
    house.token("root@example.com")


def test_who_has_the_address_of_another_as_a_name_does_not_get_there(house: House, slapd: Slapd) -> None:
    whoami(house)
    thief = slapd.person("bee@example.com", "the thief's", mail="thief@example.com")
    assert status(house, "bee@example.com", "the thief's") == 403
    assert whoami(house, "bee@example.com", BEE)["email"] == "Bee@example.com"
    slapd.remove(thief)
