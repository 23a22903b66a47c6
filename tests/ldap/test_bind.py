"""What a real directory is asked, and what it is never sent."""

import socket
from typing import Any

import pytest

from gatepass_server.domain.directories import NotProven
from gatepass_server.domain.errors import Busy, TooManyAttempts
from gatepass_server.domain.secret import Secret
from gatepass_server.ldap import directory as room
from tests.ldap.asking import anybody, directory, outage, refusal
from tests.support.slapd import BASE, BEE, BEE_SUBJECT, GROUPS, OPEN, PEOPLE, Slapd


def test_a_right_password_proves_whoever_typed_a_name_or_an_address(slapd: Slapd) -> None:
    asked = directory(slapd)
    entry = asked.prove_login("bee@example.com", Secret(BEE), may_try=anybody)
    assert (entry.subject, entry.email, entry.name) == (BEE_SUBJECT, "Bee@Example.com", "Bee Sørensen")
    assert asked.prove_login("BEE", Secret(BEE), may_try=anybody) == entry
    assert asked.prove_subject(BEE_SUBJECT, Secret(BEE), may_try=anybody) == entry
    assert refusal(asked, "bee", "wrong").why == "wrong_password"
    assert refusal(asked, "nobody", BEE).why == "unknown_email"


@pytest.mark.compliance("RFC 4513", "3.1", "StartTLS makes a plain connection safe before anything is said")
def test_starttls_is_as_good(slapd: Slapd) -> None:
    asked = directory(slapd, slapd.plain_url, starttls=True)
    assert asked.prove_login("bee", Secret(BEE), may_try=anybody).subject == BEE_SUBJECT
    assert refusal(asked, "bee", "wrong").why == "wrong_password"


def test_a_connection_in_the_clear_is_made_where_that_is_asked_for(slapd: Slapd) -> None:
    asked = directory(slapd, slapd.plain_url)
    assert asked.prove_login("bee", Secret(BEE), may_try=anybody).subject == BEE_SUBJECT


@pytest.mark.compliance(
    "RFC 4513", "5.1.2", "an empty password, which a directory calls a success, is never sent"
)
@pytest.mark.parametrize("password", ["", "\0", "\0" + BEE, BEE + "\0", "\ud800", "x" * 1025])
def test_a_password_that_could_be_read_as_none_is_never_sent(slapd: Slapd, password: str) -> None:
    assert "never sent" in refusal(directory(slapd), "bee", password).reason


@pytest.mark.compliance(
    "RFC 4513", "5.1.2", "a password that is empty once it was prepared is sent unprepared"
)
@pytest.mark.parametrize("password", ["\u00ad", "\u200b", " ", "\t", "\ufeff"])
def test_a_password_of_nothing_that_can_be_seen_is_wrong(slapd: Slapd, password: str) -> None:
    assert "49" in refusal(directory(slapd), "bee", password).reason


def test_a_password_with_every_kind_of_letter_is_sent_as_it_is(slapd: Slapd) -> None:
    password = " ß\u00ad Ⅸ 李 \U0001f41d "
    dn = slapd.person("letters", password)
    assert directory(slapd).prove_login("letters", Secret(password), may_try=anybody).dn == dn
    assert refusal(directory(slapd), "letters", password.strip()).why == "wrong_password"


@pytest.mark.compliance("RFC 4515", "3", "what is typed can be no part of a filter but a value")
@pytest.mark.parametrize(
    "login",
    ["*", "be*", "bee)(uid=*", "*)(|(uid=*))", "bee\0", "\0", "\\62ee", "bee)(userPassword=*", "x>=bee", "uid:=bee",
     "bee~=bee", f"uid=bee,{PEOPLE}", "", " ", "(", ")", "\\", "\ud800", "b" * 100_000],
)  # fmt: skip
def test_no_login_is_more_than_a_value(slapd: Slapd, login: str) -> None:
    assert refusal(directory(slapd), login, BEE).why == "unknown_email"


@pytest.mark.parametrize(
    "subject", ["*", f"{BEE_SUBJECT})(uid=*", "", "\0", "11111111-1111-4111-8111-111111111112"]
)
def test_no_subject_is_more_than_a_value(slapd: Slapd, subject: str) -> None:
    with pytest.raises(NotProven):
        directory(slapd).prove_subject(subject, Secret(BEE), may_try=anybody)


def test_names_with_separators_in_them_bind_as_themselves(slapd: Slapd) -> None:
    uid = 'o\'hara, "x"+uid=bee;#\\'
    escaped = (
        uid.replace("\\", "\\5c")
        .replace(",", "\\2c")
        .replace('"', "\\22")
        .replace("+", "\\2b")
        .replace(";", "\\3b")
    )
    dn = slapd.add(
        f"uid={escaped},{PEOPLE}", ["inetOrgPerson"], uid=uid, cn="O", sn="O", userPassword="hers alone"
    )
    entry = directory(slapd).prove_login(uid, Secret("hers alone"), may_try=anybody)
    assert entry.dn.startswith("uid=o'hara")
    assert refusal(directory(slapd), uid, BEE).why == "wrong_password"
    slapd.remove(dn)


def test_what_fits_two_entries_lets_nobody_in(slapd: Slapd) -> None:
    one, other = (
        slapd.person("twin1", mail="twin@example.com"),
        slapd.person("twin2", "other", mail="twin@example.com"),
    )
    asked = directory(slapd)
    assert refusal(asked, "twin@example.com", BEE).why == "ambiguous"
    assert asked.prove_login("twin1", Secret(BEE), may_try=anybody).dn == one
    slapd.remove(one)
    slapd.remove(other)


def test_a_name_that_is_somebody_elses_address_lets_neither_in(slapd: Slapd) -> None:
    thief = slapd.person("bee@example.com", "thief", mail="thief@example.com")
    assert refusal(directory(slapd), "bee@example.com", "thief").why == "ambiguous"
    slapd.remove(thief)


def test_an_entry_without_a_password_has_none_that_is_right(slapd: Slapd) -> None:
    dn = slapd.person("bare", "")
    assert refusal(directory(slapd), "bare", "anything").why == "wrong_password"
    slapd.remove(dn)


def test_who_does_not_fit_the_filter_stays_outside(slapd: Slapd) -> None:
    dn = slapd.person("gone", employeeType="former")
    asked = directory(slapd, user_filter="(&(objectClass=person)(!(employeeType=former)))")
    assert refusal(asked, "gone", BEE).why == "unknown_email"
    with pytest.raises(NotProven):
        asked.prove_subject(slapd.subject(dn), Secret(BEE), may_try=anybody)
    slapd.remove(dn)


@pytest.mark.compliance(
    "RFC 4511", "4.5.3", "a reference to another server is not followed with the password"
)
def test_no_other_server_is_asked(slapd: Slapd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.1)
        place = f"ldap://127.0.0.1:{other.getsockname()[1]}"
        dn = slapd.add(
            f"ou=other,{BASE}", ["referral", "extensibleObject"], ou="other", ref=f"{place}/ou=other,{BASE}"
        )
        asked = directory(slapd)
        assert asked.prove_login("bee", Secret(BEE), may_try=anybody).subject == BEE_SUBJECT
        assert refusal(asked, "elsewhere", BEE).why == "unknown_email"
        assert "10 referral" in outage(directory(slapd, base=f"ou=below,ou=other,{BASE}"))
        with pytest.raises(TimeoutError):
            other.accept()
    slapd.root.delete(dn, controls=[("2.16.840.1.113730.3.4.2", True, None)])


def test_whoever_has_reached_a_limit_is_not_tried(slapd: Slapd) -> None:
    def stop(subject: str) -> None:
        assert subject == BEE_SUBJECT
        raise TooManyAttempts("Later.", retry_after=1)

    before = slapd.operations("Bind")
    with pytest.raises(TooManyAttempts):
        directory(slapd).prove_login("bee", Secret(BEE), may_try=stop)
    assert slapd.operations("Bind") == before + 1, "the searcher, and nobody else"


def test_who_is_not_there_takes_as_many_steps_as_who_is(slapd: Slapd) -> None:
    asked = directory(slapd)

    def steps(login: str, password: str) -> tuple[int, int]:
        before = slapd.operations("Bind"), slapd.operations("Search")
        refusal(asked, login, password)
        return slapd.operations("Bind") - before[0], slapd.operations("Search") - before[1]

    wrong = steps("bee", "wrong")
    assert steps("nobody", "wrong") == wrong
    assert steps("bee", "") == wrong
    before = slapd.operations("Bind"), slapd.operations("Search")
    asked.pretend()
    assert (slapd.operations("Bind") - before[0], slapd.operations("Search") - before[1]) == wrong


def test_nobody_in_particular_searches_where_the_directory_lets_them(slapd: Slapd) -> None:
    nobody: dict[str, Any] = {"bind_dn": "", "bind_password": Secret("")}
    assert "32 noSuchObject" in outage(directory(slapd, **nobody)), "people are not for everybody to see"
    dn = slapd.person("open", place=OPEN)
    searched: dict[str, Any] = {
        "roles": {"all": (f"cn=all,{OPEN}",)},
        "group_filter": "(member={dn})",
        "group_attribute": "",
    }
    slapd.group("all", dn, place=OPEN)
    asked = directory(slapd, base=OPEN, **nobody, **searched)
    assert asked.prove_login("open", Secret(BEE), may_try=anybody).roles == ("all",)
    assert refusal(asked, "open", "wrong").why == "wrong_password"


def test_groups_come_from_the_entry_or_from_a_search(slapd: Slapd) -> None:
    dn = slapd.person("member")
    staff = slapd.group("staff", dn, f"uid=bee,{PEOPLE}")
    slapd.group("others", f"uid=bee,{PEOPLE}")
    slapd.add(f"cn=unix,{GROUPS}", ["posixGroup"], cn="unix", gidNumber="7", memberUid="member")
    roles = {"editor": (staff.upper(),), "admin": (f"cn=others,{GROUPS}",), "unix": (f"cn=unix, {GROUPS}",)}
    named = directory(slapd, roles=roles)
    assert named.prove_login("member", Secret(BEE), may_try=anybody).roles == ("editor",)
    searched = directory(
        slapd,
        roles=roles,
        group_attribute="",
        group_base=GROUPS,
        group_filter="(|(&(objectClass=groupOfNames)(member={dn}))(&(objectClass=posixGroup)(memberUid={uid})))",
    )
    assert searched.prove_login("member", Secret(BEE), may_try=anybody).roles == ("editor", "unix")
    assert searched.look_up("bee").roles == ("admin", "editor")


def test_only_so_many_are_asked_for_at_once(slapd: Slapd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SLOTS", 1)
    monkeypatch.setattr(room, "_PATIENCE", 0.01)
    asked = directory(slapd)

    def while_one_is(_subject: str) -> None:
        with pytest.raises(Busy):
            asked.prove_login("bee", Secret(BEE), may_try=anybody)

    asked.prove_login("bee", Secret(BEE), may_try=while_one_is)
    asked.prove_login("bee", Secret(BEE), may_try=anybody)
