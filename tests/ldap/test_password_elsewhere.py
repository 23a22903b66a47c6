"""Passwords of the directory are changed there, and people are told so."""

import re

from tests.ldap.conftest import MakeHouse
from tests.ldap.people import ADDRESS, account, identity
from tests.support.house import EMAIL, PASSWORD, House
from tests.support.slapd import BEE, BEE_SUBJECT

PAGE = "https://password.example.com/change"
ORIGIN = {"Origin": "https://auth.example.com"}


def test_a_program_is_told_where(make_house: MakeHouse) -> None:
    house = make_house(ldap_password_page=PAGE)
    token = house.log_in(ADDRESS, BEE)["token"]
    body = {"current_password": BEE, "new_password": "another long password"}
    answer = house.client.post("/me/password", json=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "password_elsewhere"
    assert PAGE in answer.get_json()["detail"]


def test_a_person_is_led_there(make_house: MakeHouse) -> None:
    house = make_house(ldap_password_page=PAGE)
    house.client.post("/sign-in", data={"email": ADDRESS, "password": BEE}, headers=ORIGIN)
    page = house.client.get("/account/password")
    assert page.status_code == 200
    assert f'href="{PAGE}"' in page.text
    assert "current_password" not in page.text


def test_nobody_sets_a_password_here_for_an_account_of_the_directory(house: House) -> None:
    house.client.post("/sign-in", data={"email": ADDRESS, "password": BEE}, headers=ORIGIN)
    proof = re.search(r'name="csrf_token" value="([^"]+)"', house.client.get("/account").text)
    assert proof is not None
    form = {"new_password": "another long password", "current_password": BEE, "csrf_token": proof[1]}
    page = house.client.post("/account/password", data=form, headers=ORIGIN)
    assert "kept in the directory" in page.text
    linked = identity(house, BEE_SUBJECT)
    assert linked is not None
    assert not account(house, linked.user_id).has_password


def test_without_a_place_to_go_there_is_a_sentence(house: House) -> None:
    house.client.post("/sign-in", data={"email": ADDRESS, "password": BEE}, headers=ORIGIN)
    page = house.client.get("/account/password").text
    assert "kept in the directory" in page
    assert "Change the password" not in page


def test_who_has_a_password_here_changes_it_here(house: House) -> None:
    house.sign_up()
    token = house.log_in(EMAIL)["token"]
    body = {"current_password": PASSWORD, "new_password": "another long password"}
    answer = house.client.post("/me/password", json=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


def test_a_user_name_can_be_typed_where_the_directory_knows_some(make_house: MakeHouse) -> None:
    assert "E-mail address or user name" in make_house().client.get("/sign-in").text
    by_mail_alone = make_house(ldap_login_attributes="mail").client.get("/sign-in").text
    assert 'type="email"' in by_mail_alone
    assert "user name" not in by_mail_alone
