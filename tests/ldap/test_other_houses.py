"""A directory beside other houses through which people sign in."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from gatepass_server.accounts.sign_in_through import Word
from gatepass_server.domain.identities import Identity, LastWayIn, NotLetIn
from gatepass_server.domain.upstream_attempts import Stranger
from gatepass_server.settings import SettingsError
from tests.ldap.conftest import MakeHouse
from tests.ldap.people import ADDRESS, identity, sessions, status, whoami
from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.other_house import OtherHouse, openid_settings, other_house
from tests.support.slapd import BEE, BEE_SUBJECT
from tests.support.through import OURS, Traveller

ELSEWHERE = {
    "client_id": "c",
    "client_secret": "s",
    "authorize_url": "https://other.example.com/authorize",
    "token_url": "https://other.example.com/token",
    "kind": "oauth2",
}


@pytest.fixture(scope="module")
def other() -> Iterator[OtherHouse]:
    """One that says of everybody that they are Bee, with Bee's address, verified or not."""
    with other_house(FakeClock()) as house:
        yield house


@pytest.mark.parametrize("verified", [True, False])
def test_nobody_takes_an_address_of_the_directory_through_another_house(
    make_house: MakeHouse, other: OtherHouse, clock: FakeClock, verified: bool
) -> None:
    house = make_house(ldap_email_domains="Example.com", upstream={"corp": openid_settings(other)})
    other.clock = clock
    other.person = {"sub": f"thief {verified}", "email": "Bee@example.com", "email_verified": verified}
    thief = Traveller(house, other)
    there = thief.come_back().headers["Location"]
    attempt = parse_qs(urlsplit(there).query)["attempt"][0]
    finish, form = urlsplit(there).path, {"attempt": attempt, "name": "Thief"}
    taken = house.client.post(finish, data={**form, "email": "Bee@example.com"}, headers=OURS)
    assert taken.status_code == 400
    assert "a password of their organisation" in taken.text
    assert whoami(house)["email"] == "Bee@example.com"
    own = house.client.post(finish, data={**form, "email": "thief@elsewhere.org"}, headers=OURS)
    assert own.status_code == 303


def test_whom_the_directory_lets_in_nobody_else_does(make_house: MakeHouse) -> None:
    """Otherwise whoever leaves would come back through a house of their own."""
    house = make_house(upstream={"other": ELSEWHERE})
    user_id = whoami(house)["public_id"]
    with house.gatepass.store.read() as uow:
        live = uow.sessions.with_user(sessions(house, user_id)[0].id)
    assert live is not None
    word = Word(
        provider="other",
        upstream=house.gatepass.settings.upstream["other"],
        stranger=Stranger(issuer="https://other.example.com", subject="7"),
        address="",
        device="",
    )
    with pytest.raises(NotLetIn, match="directory"):
        house.gatepass.upstreams.identities.link(live, word, spend=lambda _: None)
    house.client.post("/sign-in", data={"email": ADDRESS, "password": BEE}, headers=OURS)
    page = house.client.get("/account/identities")
    assert "Add another way" not in page.text
    proof = house.client.get("/me").headers["X-CSRF-Token"]
    form = {"add": "other", "csrf_token": proof}
    refused = house.client.post("/account/identities", data=form, headers=OURS)
    assert refused.status_code == 403
    assert "alone lets you in" in refused.text


def test_an_account_of_the_directory_does_not_leave_it_by_another_identity(make_house: MakeHouse) -> None:
    """It could set a password then, which the directory would not judge."""
    house = make_house(upstream={"other": ELSEWHERE})
    user_id = whoami(house)["public_id"]
    linked = identity(house, BEE_SUBJECT)
    assert linked is not None
    with house.gatepass.store.write() as uow:
        uow.identities.add(
            Identity(
                id="i1",
                user_id=user_id,
                provider="other",
                issuer="https://other.example.com",
                subject="7",
                created_at=1,
                last_used_at=1,
            )
        )
        live = uow.sessions.with_user(sessions(house, user_id)[0].id)
    assert live is not None
    with pytest.raises(LastWayIn):
        house.gatepass.upstreams.identities.remove(live, linked.id, address="")
    assert status(house) == 201


def test_the_directory_is_a_way_in_that_may_be_the_last(house: House) -> None:
    user_id = whoami(house)["public_id"]
    other = Identity(
        id="i1",
        user_id=user_id,
        provider="other",
        issuer="https://other.example.com",
        subject="7",
        created_at=1,
        last_used_at=1,
    )
    with house.gatepass.store.write() as uow:
        uow.identities.add(other)
        live = uow.sessions.with_user(sessions(house, user_id)[0].id)
    linked = identity(house, BEE_SUBJECT)
    assert live is not None
    assert linked is not None
    own = house.gatepass.upstreams.identities
    own.remove(live, "i1", address="")
    with pytest.raises(LastWayIn):
        own.remove(live, linked.id, address="")
    assert status(house) == 201


def test_an_account_of_another_house_alone_is_not_the_directorys(house: House) -> None:
    """Bee has an account through another house, with the address that the directory has for her."""
    user_id = whoami(house)["public_id"]
    linked = identity(house, BEE_SUBJECT)
    assert linked is not None
    with house.gatepass.store.write() as uow:
        uow.identities.add(
            Identity(
                id="i1",
                user_id=user_id,
                provider="other",
                issuer="o",
                subject="7",
                created_at=1,
                last_used_at=1,
            )
        )
        uow.identities.remove(linked.id, user_id, usable=["other"])
    assert [status(house, login) for login in ("bee@example.com", "bee")] == [403, 403]


def test_a_directory_and_a_house_have_different_names(make_house: MakeHouse) -> None:
    with pytest.raises(SettingsError, match="nobody could tell the two apart"):
        make_house(ldap_name="other", upstream={"other": ELSEWHERE})
