"""Groups of the directory stand for roles, as long as people are in them."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from gatepass_server.domain.audit import AT_TERMINAL
from tests.ldap.conftest import MakeHouse
from tests.ldap.people import told, whoami
from tests.support.house import House
from tests.support.slapd import BEE, GROUPS, PEOPLE, Slapd


@pytest.fixture
def clerk(slapd: Slapd) -> Iterator[str]:
    dn = slapd.person("clerk")
    staff, admins = slapd.group("staff", dn), slapd.group("admins", dn)
    yield dn
    for one in (staff, admins, dn):
        slapd.remove(one)


@pytest.fixture
def office(make_house: MakeHouse) -> House:
    house = make_house(
        ldap_roles=f"editor=CN=Staff, {GROUPS}; viewer=cn=staff,{GROUPS};\n"
        f"viewer=cn=others,{GROUPS};ghost=cn=staff,{GROUPS}"
    )
    for name in ("editor", "viewer", "painter"):
        house.gatepass.roles.create(name, description="", permissions=[f"{name}:all"], by=AT_TERMINAL)
    return house


def roles(house: House) -> list[str]:
    token = house.log_in("clerk", BEE)["token"]
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return list(claims.get("roles", []))


@pytest.mark.usefixtures("clerk")
def test_the_first_token_tells_the_roles_of_the_groups(office: House) -> None:
    assert roles(office) == ["editor", "viewer"]
    assert [event["roles"] for event in told(office, "identity.roles_changed")] == ["editor viewer"]


def test_roles_go_with_the_group_and_those_given_by_hand_stay(
    office: House, slapd: Slapd, clerk: str
) -> None:
    user_id = whoami(office, "clerk")["public_id"]
    for name in ("painter", "viewer"):
        office.gatepass.roles.grant(name, user_id, by=AT_TERMINAL)
    assert roles(office) == ["editor", "painter", "viewer"]
    slapd.change(f"cn=staff,{GROUPS}", member=[f"uid=bee,{PEOPLE}"])
    assert roles(office) == ["painter", "viewer"]
    assert [event["roles"] for event in told(office, "identity.roles_changed")] == ["editor viewer", ""]
    slapd.change(f"cn=staff,{GROUPS}", member=[clerk])
    assert roles(office) == ["editor", "painter", "viewer"]


@pytest.mark.usefixtures("clerk")
def test_a_group_that_no_longer_stands_for_a_role_gives_none(office: House, make_house: MakeHouse) -> None:
    assert roles(office) == ["editor", "viewer"]
    assert roles(make_house()) == []


@pytest.mark.usefixtures("clerk")
def test_no_group_makes_an_admin(office: House) -> None:
    assert not whoami(office, "clerk")["is_admin"]
