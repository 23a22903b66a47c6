"""A directory beside other houses through which people sign in."""

import pytest

from gatepass_server.domain.identities import Identity, LastWayIn
from gatepass_server.settings import SettingsError
from tests.ldap.conftest import MakeHouse
from tests.ldap.people import identity, sessions, status, whoami
from tests.support.house import House
from tests.support.slapd import BEE_SUBJECT

ELSEWHERE = {
    "client_id": "c",
    "client_secret": "s",
    "authorize_url": "https://other.example.com/authorize",
    "token_url": "https://other.example.com/token",
    "kind": "oauth2",
}


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
