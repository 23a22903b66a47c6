"""Whose account it is: found by issuer and subject alone; an e-mail address opens nothing."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from gatepass_server.presets.provider_shelf import find_provider
from tests.support.house import EMAIL, PASSWORD
from tests.support.through import OURS, Traveller, code_on
from tests.upstream.conftest import Build


def refused(traveller: Traveller, query: str = "") -> tuple[int, str]:
    """Status and code of the page, to whoever comes back and is not let in."""
    answer = traveller.come_back(query)
    assert traveller.me() is None
    return answer.status_code, code_on(answer.text)


def password_account(traveller: Traveller) -> str:
    """Somebody who has an account with a password and the other house's e-mail address; their id."""
    traveller.house.sign_up(EMAIL)
    return str(traveller.house.gatepass.administration.find(EMAIL).id)


@pytest.mark.compliance("OpenID Connect Core 1.0", "5.7", "an e-mail address identifies nobody")
def test_a_verified_e_mail_does_not_open_the_account_that_has_it(ann: Traveller) -> None:
    password_account(ann)
    answer = ann.come_back("?next=/account/sessions")
    assert (answer.status_code, code_on(answer.text)) == (409, "email_has_account")
    assert ann.me() is None
    assert 'href="/sign-in?next=%2Faccount%2Fsessions"' in answer.text
    with ann.house.gatepass.store.read() as uow:
        assert uow.identities.find(ann.other.url, "248289") is None


@pytest.mark.parametrize("verified", [False, None, "yes", 1])
def test_an_e_mail_that_is_not_verified_is_asked_for_and_never_kept_as_verified(
    ann: Traveller, verified: object
) -> None:
    ann.other.person["email_verified"] = verified
    answer = ann.come_back()
    there = answer.headers["Location"]
    assert there.startswith("/sign-in/through/corp/finish?attempt=")
    page = ann.house.client.get(there)
    assert 'value="Ann@Example.com"' in page.text
    assert ann.me() is None
    attempt = parse_qs(urlsplit(there).query)["attempt"][0]
    form = {"attempt": attempt, "name": "Ann", "email": "ann@example.com"}
    answer = ann.house.client.post("/sign-in/through/corp/finish", data=form, headers=OURS)
    assert answer.status_code == 303
    user = ann.house.gatepass.administration.find(EMAIL)
    assert not user.email_verified
    assert not user.has_password
    again = ann.house.client.post("/sign-in/through/corp/finish", data=form, headers=OURS)
    assert (again.status_code, code_on(again.text)) == (400, "unknown_attempt")


def test_an_e_mail_that_is_not_verified_takes_no_account_either(ann: Traveller) -> None:
    password_account(ann)
    ann.other.person["email_verified"] = False
    there = ann.come_back().headers["Location"]
    attempt = parse_qs(urlsplit(there).query)["attempt"][0]
    form = {"attempt": attempt, "name": "Ann", "email": EMAIL}
    answer = ann.house.client.post("/sign-in/through/corp/finish", data=form, headers=OURS)
    assert answer.status_code == 409
    assert ann.me() is None
    with ann.house.gatepass.store.read() as uow:
        assert uow.identities.find(ann.other.url, "248289") is None
    answer = ann.house.client.post(
        "/sign-in/through/corp/finish", data={**form, "email": "new@example.com"}, headers=OURS
    )
    assert answer.status_code == 303


def test_the_form_asks_after_known_addresses_no_more_often_than_sign_up_does(build: Build) -> None:
    ann = build()
    password_account(ann)
    ann.other.person["email_verified"] = False
    there = ann.come_back().headers["Location"]
    attempt = parse_qs(urlsplit(there).query)["attempt"][0]
    form = {"attempt": attempt, "name": "Ann", "email": EMAIL}
    seen = [
        ann.house.client.post("/sign-in/through/corp/finish", data=form, headers=OURS).status_code
        for _ in range(101)
    ]
    assert seen == [409] * 100 + [429]
    assert ann.house.sign_up("new@example.com").status_code == 429


def test_an_e_mail_that_changed_at_the_other_house_is_still_the_same_account_with_its_own_address(
    ann: Traveller,
) -> None:
    ann.come_back()
    me = ann.me()
    assert me is not None
    ann.other.person["email"] = "eve@example.com"
    ann.house.client = ann.house.app.test_client()
    ann.come_back()
    again = ann.me()
    assert again is not None
    assert (again["public_id"], again["email"]) == (me["public_id"], "Ann@example.com")
    with ann.house.gatepass.store.read() as uow:
        identity = uow.identities.find(ann.other.url, "248289")
    assert identity is not None
    assert identity.email == "eve@example.com"


def test_a_disabled_account_stays_out(ann: Traveller) -> None:
    ann.come_back()
    user = ann.house.gatepass.administration.find(EMAIL)
    with ann.house.gatepass.store.write() as uow:
        uow.users.disable(user.id, int(ann.house.gatepass.clock()))
    assert refused(ann) == (403, "not_let_in")


def test_where_nobody_may_sign_up_only_who_has_an_account_comes_in(build: Build) -> None:
    ann = build(sign_up="off")
    assert refused(ann) == (403, "not_let_in")
    (*_, last) = ann.house.gatepass.audit_trail.after(0, limit=1000)
    assert (last.kind, json.loads(last.details)) == (
        "identity.refused",
        {"provider": "corp", "reason": "sign_up"},
    )
    ann.other.person["email_verified"] = False
    assert refused(ann) == (403, "not_let_in")


@pytest.mark.parametrize(
    ("email", "verified", "status"),
    [
        ("ann@corp.example", True, 303),
        ("ann@CORP.example", True, 303),
        ("ann@corp.example", False, 403),
        ("ann@evil.example", True, 403),
        ("ann@sub.corp.example", True, 403),
        ("", True, 403),
    ],
)
def test_only_verified_addresses_of_the_domains_that_are_named_are_let_in(
    build: Build, email: str, verified: bool, status: int
) -> None:
    ann = build(email_domains=["corp.example"])
    ann.other.person |= {"email": email, "email_verified": verified}
    assert ann.come_back().status_code == status


@pytest.mark.parametrize(
    ("organisation", "status"),
    [
        ("corp.example", 303),
        ("Corp.Example", 303),
        ("evil.example", 403),
        (None, 403),
        (["corp.example"], 403),
    ],
    ids=str,
)
def test_where_a_house_names_the_organisation_an_address_makes_nobody_its_member(
    build: Build, organisation: object, status: int
) -> None:
    """Google verifies an address once; who has left may still have a private account with it."""
    ann = build(email_domains=["corp.example"], domain_claim="hd")
    ann.other.person |= {"email": "ann@corp.example", "email_verified": True, "hd": organisation}
    assert ann.come_back().status_code == status


def test_google_names_the_organisation() -> None:
    assert dict(find_provider("google").settings)["domain_claim"] == "hd"


def test_the_password_of_an_account_that_has_none_is_never_right(ann: Traveller) -> None:
    ann.come_back()
    ann.house.client = ann.house.app.test_client()
    for password in ("", PASSWORD):
        assert ann.house.try_log_in(EMAIL, password).status_code in {401, 403}
