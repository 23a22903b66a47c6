"""What people change of their own account, and what of it is written down."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepass_server.domain.accounts import User
from gatepass_server.domain.errors import InvalidInput, NotFound
from gatepass_server.domain.grants import Consent
from gatepass_server.domain.sessions import SessionMode
from tests.support.clock import FakeClock
from tests.support.house import EMAIL, House, cheap_settings
from tests.support.relying_party import RelyingParty, sign_in


@pytest.fixture
def house(ready_database_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    house = House(cheap_settings(ready_database_url, tmp_path / "data"), clock)
    sign_in(house)
    yield house
    house.gatepass.close()


@pytest.fixture
def ann(house: House) -> User:
    return house.gatepass.administration.find(EMAIL)


def last_event(house: House) -> tuple[str, str, dict[str, str]]:
    row = list(house.gatepass.audit_trail.after(0, limit=1000))[-1]
    return row.kind, row.address, json.loads(row.details)


def test_a_name_is_changed_and_when(house: House, ann: User, clock: FakeClock) -> None:
    clock.advance(60)
    assert house.gatepass.change_name(ann, " Ann Lee ", address="192.0.2.7") == "Ann Lee"
    found = house.gatepass.administration.find(EMAIL)
    assert (found.name, found.updated_at) == ("Ann Lee", int(clock.now))
    assert last_event(house) == ("profile.changed", "192.0.2.7", {"fields": "name"})


def test_the_same_name_is_no_change(house: House, ann: User, clock: FakeClock) -> None:
    before = last_event(house)
    clock.advance(60)
    house.gatepass.change_name(ann, "Ann")
    assert house.gatepass.administration.find(EMAIL).updated_at == ann.updated_at
    assert last_event(house) == before


@pytest.mark.parametrize(("name", "code"), [("", "missing"), (" ", "missing"), ("a" * 201, "invalid")])
def test_a_name_that_cannot_be_taken_is_refused(house: House, ann: User, name: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        house.gatepass.change_name(ann, name)
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [("name", code)]


def test_apps_are_those_with_a_consent_or_a_live_grant(house: House, ann: User, clock: FakeClock) -> None:
    wiki, blog = RelyingParty.of(house, name="Wiki"), RelyingParty.of(house, name="Blog")
    wiki.tokens(scope="openid offline_access")
    clock.advance(60)
    with house.gatepass.store.write() as uow:
        consent = Consent(user_id=ann.id, client_id=blog.id, scope="openid", granted_at=int(clock.now))
        uow.consents.allow(consent)
    first, second = house.gatepass.applications.of(ann)
    assert (first.client_id, first.scopes, first.last_used_at, first.offline) == (
        blog.id,
        ("openid",),
        None,
        False,
    )
    assert (second.client_id, second.offline) == (wiki.id, True)
    assert set(second.scopes) == {"openid", "offline_access"}
    assert second.since == int(clock.now) - 60


def test_taking_back_ends_every_grant_of_the_app_and_no_other(house: House, ann: User) -> None:
    wiki, blog = RelyingParty.of(house, name="Wiki"), RelyingParty.of(house, name="Blog")
    wiki.tokens(scope="openid offline_access")
    wiki.tokens(scope="openid email")
    kept = blog.tokens()["access_token"]
    assert house.gatepass.applications.take_back(ann, wiki.id, address="192.0.2.7") == 2
    assert last_event(house) == (
        "consent.taken_back",
        "192.0.2.7",
        {"client_id": wiki.id, "grants": "2"},
    )
    assert [one.client_id for one in house.gatepass.applications.of(ann)] == [blog.id]
    assert house.get("/oauth2/userinfo", kept).status_code == 200
    with house.gatepass.store.read() as uow:
        live = uow.sessions.page_of(ann.id, now=int(house.gatepass.clock()), after=None, limit=50)
    assert SessionMode.COOKIE in {session.mode for session in live}


def test_a_code_is_worth_nothing_once_access_is_taken_back(house: House, ann: User) -> None:
    wiki = RelyingParty.of(house, name="Wiki")
    code = wiki.code()
    house.gatepass.applications.take_back(ann, wiki.id)
    refused = wiki.redeem(code)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_grant")
    assert not house.gatepass.applications.of(ann)


def test_what_has_no_access_cannot_lose_it(house: House, ann: User) -> None:
    for client_id in ("unknown", "", "a\0b", RelyingParty.of(house).id):
        with pytest.raises(NotFound):
            house.gatepass.applications.take_back(ann, client_id)


def test_an_app_that_is_not_known_any_more_is_still_told_of(house: House, ann: User) -> None:
    with house.gatepass.store.write() as uow:
        uow.consents.allow(Consent(user_id=ann.id, client_id="gone", scope="openid", granted_at=1))
    (found,) = house.gatepass.applications.of(ann)
    assert (found.client_id, found.client) == ("gone", None)
    house.gatepass.applications.take_back(ann, "gone")
    assert not house.gatepass.applications.of(ann)
