"""People of a directory sign in."""

from typing import Any

import pytest

from gatepass_server.domain.secret import Secret
from tests.ldap.conftest import MakeHouse
from tests.ldap.people import ADDRESS, account, identity, sessions, status, told, whoami, why
from tests.support.house import PASSWORD, House
from tests.support.slapd import BEE, BEE_SUBJECT, PEOPLE, Slapd


def test_the_first_sign_in_makes_an_account_and_later_ones_find_it(house: House) -> None:
    first = whoami(house)
    assert (first["name"], first["email"], first["is_admin"]) == ("Bee Sørensen", "Bee@example.com", False)
    assert whoami(house) == first
    assert whoami(house, "bee") == first
    user, linked = account(house, first["public_id"]), identity(house, BEE_SUBJECT)
    assert not user.has_password
    assert not user.email_verified
    assert linked is not None
    assert (linked.user_id, linked.provider, linked.label) == (user.id, "directory", "bee")
    assert {session.identity_id for session in sessions(house, user.id)} == {linked.id}
    assert told(house, "account.created") == [{"role": "user", "provider": "directory"}]
    assert told(house, "identity.linked") == [{"identity": linked.id, "provider": "directory"}]


@pytest.mark.compliance("RFC 8176", "2", "a password that a directory found right is told as a password: pwd")
def test_the_sessions_are_those_of_a_password(house: House) -> None:
    user_id = whoami(house)["public_id"]
    assert [session.methods for session in sessions(house, user_id)] == [("pwd",)]


def test_somebody_who_is_signed_in_proves_it_again(house: House) -> None:
    form = {"email": ADDRESS, "password": BEE}
    for _ in range(2):
        answer = house.client.post("/sign-in", data=form, headers={"Origin": "https://auth.example.com"})
        assert answer.status_code == 303
    assert [event.get("renewed") for event in told(house, "log_in.succeeded")] == [None, "yes"]


def test_whatever_is_wrong_gets_the_same_answer(house: House) -> None:
    house.sign_up()
    whoami(house)
    tried = [
        (ADDRESS, "wrong"),
        ("bee", "wrong"),
        ("nobody@example.com", "wrong"),
        ("ann@example.com", "wrong"),
        (ADDRESS, "\0"),
    ]
    answers = [house.try_log_in(*one) for one in tried]
    assert {(answer.status_code, answer.text) for answer in answers} == {(403, answers[0].text)}
    assert why(house) == [
        "wrong_password",
        "wrong_password",
        "unknown_email",
        "wrong_password",
        "wrong_password",
    ]


def test_whatever_is_wrong_the_directory_is_asked_as_much(house: House, slapd: Slapd) -> None:
    house.sign_up()
    whoami(house)

    def steps(login: str) -> tuple[int, int]:
        before = slapd.operations("Bind"), slapd.operations("Search")
        assert status(house, login, "wrong") == 403
        return slapd.operations("Bind") - before[0], slapd.operations("Search") - before[1]

    assert len({steps(login) for login in (ADDRESS, "bee", "nobody@example.com", "ann@example.com")}) == 1


def test_a_right_password_of_ours_is_told_to_nobody(house: House, slapd: Slapd) -> None:
    house.sign_up()
    before = slapd.operations("Bind")
    house.log_in()
    assert slapd.operations("Bind") == before


@pytest.mark.parametrize(
    "mail",
    ["", "no address", "a@b@c", "x\u200b@example.com", "m@elsewhere.org", "m@sub.example.com", "\U0001f41d"],
)
def test_who_has_no_address_that_is_believed_gets_no_account(
    make_house: MakeHouse, slapd: Slapd, mail: str
) -> None:
    house = make_house(ldap_email_domains="example.com example.net", ldap_email_attribute="description")
    dn = slapd.person("odd", **({"description": mail} if mail else {}))
    assert status(house, "odd") == 403
    slapd.change(dn, description=["odd@Example.net"])
    assert whoami(house, "odd")["email"] == "odd@example.net"
    assert why(house) == ["unusable_email"]
    slapd.remove(dn)


def test_an_address_of_a_domain_that_is_believed_is_verified(make_house: MakeHouse) -> None:
    house = make_house(ldap_email_domains="Example.com")
    assert account(house, whoami(house)["public_id"]).email_verified


@pytest.mark.parametrize(
    ("name", "shown"), [("\u202eevil", "named"), (" ", "named"), ("x" * 300, "named"), ("Zoë", "Zoë")]
)
def test_a_name_that_no_page_could_show_is_passed_over(
    make_house: MakeHouse, slapd: Slapd, name: str, shown: str
) -> None:
    house = make_house(ldap_name_attribute="description")
    dn = slapd.person("named", description=name)
    assert whoami(house, "named")["name"] == shown
    slapd.remove(dn)


def test_a_disabled_account_stays_outside(house: House) -> None:
    whoami(house)
    house.gatepass.administration.disable(ADDRESS)
    assert [status(house, login) for login in (ADDRESS, "bee")] == [403, 403]
    assert why(house) == ["disabled", "disabled"]


def test_an_account_that_was_given_a_password_here_is_judged_by_that(house: House) -> None:
    user_id = whoami(house)["public_id"]
    house.gatepass.administration.set_password(ADDRESS, Secret(PASSWORD))
    assert whoami(house, ADDRESS, PASSWORD)["public_id"] == user_id
    assert [status(house, login) for login in (ADDRESS, "bee")] == [403, 403]
    assert why(house) == ["wrong_password", "local_password"]


def test_two_first_sign_ins_make_one_account(house: House, slapd: Slapd) -> None:
    """The second finds, within its transaction, that the account was made meanwhile, and is judged anew."""
    dn = slapd.person("racer")
    passwords = house.gatepass.log_in._check._elsewhere
    assert passwords is not None
    judge = type(passwords).judge
    faster: list[dict[str, Any]] = []

    def judged_while_another_signs_in(*given: Any, **named: Any) -> Any:
        proven = judge(*given, **named)
        if not faster:
            faster.append({})
            faster[0] = whoami(house, "racer")
        return proven

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(passwords), "judge", judged_while_another_signs_in)
        assert whoami(house, "racer@example.com") == faster[0]
    assert len(told(house, "account.created")) == 1
    slapd.remove(dn)


def test_two_directories_do_not_mix_their_people(make_house: MakeHouse, slapd: Slapd) -> None:
    first = make_house()
    whoami(first)
    other = make_house(ldap_name="other")
    assert [status(other, login) for login in (ADDRESS, "bee")] == [403, 403]
    assert identity(other, BEE_SUBJECT, "other") is None
    assert slapd.subject(f"uid=bee,{PEOPLE}") == BEE_SUBJECT
