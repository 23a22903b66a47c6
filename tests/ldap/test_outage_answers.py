"""What people hear while the directory is away."""

import pytest

from tests.ldap.conftest import MakeHouse
from tests.ldap.people import ADDRESS, status, whoami, why
from tests.ldap.strange_servers import dropping, strange
from tests.support.house import EMAIL, PASSWORD


def test_local_passwords_go_on_and_nobody_else_hears_of_a_wrong_one(make_house: MakeHouse) -> None:
    whoami(make_house())
    with strange(dropping) as server:
        house = make_house(ldap_url=server.url, ldap_plaintext=True)
        house.sign_up()
        assert house.log_in()
        answers = [house.try_log_in(login, "wrong") for login in (ADDRESS, "nobody@example.com", EMAIL)]
        assert b"wrong" not in server.heard
    assert {(answer.status_code, answer.text) for answer in answers} == {(503, answers[0].text)}
    assert answers[0].get_json()["code"] == "directory_unavailable"
    assert answers[0].headers["Retry-After"] == "30"
    assert why(house) == ["directory_unavailable", "directory_unavailable", "wrong_password"]


def test_an_outage_locks_no_office_out_and_is_no_chance_to_guess(make_house: MakeHouse) -> None:
    with strange(dropping) as server:
        house = make_house(
            ldap_url=server.url,
            ldap_plaintext=True,
            login_failures_per_address=4,
            login_failures_per_account=2,
        )
        house.sign_up()
        assert [status(house, f"colleague{number}") for number in range(6)] == [503] * 6
        assert status(house, EMAIL, PASSWORD) == 201
        assert [status(house, EMAIL, "wrong") for _ in range(3)] == [503, 503, 429]
        assert status(house, EMAIL, PASSWORD) == 429


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_page_says_that_it_is_not_the_password(make_house: MakeHouse, language: str) -> None:
    with strange(dropping) as server:
        house = make_house(ldap_url=server.url, ldap_plaintext=True)
        form = {"email": ADDRESS, "password": "any"}
        headers = {"Origin": "https://auth.example.com", "Accept-Language": language}
        answer = house.client.post("/sign-in", data=form, headers=headers)
    assert answer.status_code == 503
    assert {"en": "Passwords cannot be checked at the moment.", "zh-Hans": "目前无法验证密码"}[
        language
    ] in answer.text
