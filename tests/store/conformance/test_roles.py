"""Roles and groups: kept under their names, given once, gone with what they hang on."""

from dataclasses import replace

import pytest

from gatepass_server.domain.roles import NO_ENTITLEMENTS, Entitlements, Group, Role
from gatepass_server.store.ports import Store, UnitOfWork
from tests.support.samples import NOW, sample_user

NO_NAME_OF_ANY = ["", "absent", "a\0b", "half \ud800 pair", "Reader"]


def role(name: str, *permissions: str) -> Role:
    return Role(name=name, description=f"They {name}, ünd so", permissions=permissions, created_at=NOW)


def group(name: str, *roles: str) -> Group:
    return Group(name=name, description="", roles=roles, created_at=NOW)


def fill(uow: UnitOfWork) -> None:
    """u1 reads by a role, u2 reads and writes by a group and a role, u3 has nothing."""
    for user_id in ("u1", "u2", "u3"):
        uow.users.add(sample_user(user_id))
    uow.roles.add(role("reader", "orders:read"))
    uow.roles.add(role("writer", "orders:read", "orders:write"))
    uow.groups.add(group("staff"))
    uow.roles.give("u1", "reader")
    uow.roles.give("u2", "writer")
    uow.groups.add_member("staff", "u2")
    uow.groups.add_role("staff", "reader")


def test_a_role_is_read_back_as_it_was_added_and_a_second_of_its_name_is_refused(store: Store) -> None:
    first, other = role("reader", "orders:read", "things:read"), role("Reader")
    with store.write() as uow:
        assert uow.roles.add(first)
        assert not uow.roles.add(role("reader", "everything"))
        assert uow.roles.add(other)
        assert uow.roles.find("reader") == first
        assert uow.roles.replace(replace(first, description="x", permissions=()))
        assert uow.roles.find("reader") == replace(first, description="x", permissions=())
        assert not uow.roles.replace(role("absent"))
        assert list(uow.roles.page(after=None, limit=9)) == [other, uow.roles.find("reader")]
        assert list(uow.roles.page(after="Reader", limit=9)) == [uow.roles.find("reader")]
        assert list(uow.roles.page(after=None, limit=1)) == [other]


@pytest.mark.parametrize("name", NO_NAME_OF_ANY, ids=ascii)
def test_what_has_no_such_name_is_not_found(store: Store, name: str) -> None:
    with store.write() as uow:
        fill(uow)
        assert uow.roles.find(name) is None
        assert uow.groups.find(name) is None
        assert not uow.roles.delete(name)
        assert not uow.groups.delete(name)
        assert not uow.roles.take("u1", name)
        assert not uow.roles.take(name, "reader")
        assert not uow.groups.remove_role("staff", name)
        assert not uow.groups.remove_member("staff", name)
        assert not uow.groups.remove_member(name, "u2")
        assert list(uow.groups.members(name, after=None, limit=9)) == []


def test_a_group_is_read_back_with_its_roles(store: Store) -> None:
    with store.write() as uow:
        fill(uow)
        assert not uow.groups.add(group("staff"))
        assert uow.groups.add(group("Guests"))
        assert uow.groups.add_role("staff", "writer")
        assert not uow.groups.add_role("staff", "writer")
        assert uow.groups.describe("staff", "All of us")
        assert not uow.groups.describe("absent", "x")
        staff = replace(group("staff", "reader", "writer"), description="All of us")
        assert uow.groups.find("staff") == staff
        assert list(uow.groups.page(after=None, limit=9)) == [group("Guests"), staff]
        assert list(uow.groups.page(after="Guests", limit=9)) == [staff]
        assert list(uow.groups.page(after="\0", limit=9)) == []
        assert uow.groups.remove_role("staff", "reader")
        assert not uow.groups.remove_role("staff", "reader")


def test_members_are_listed_page_by_page(store: Store) -> None:
    with store.write() as uow:
        fill(uow)
        assert uow.groups.add_member("staff", "u1")
        assert not uow.groups.add_member("staff", "u1")
        assert [user.id for user in uow.groups.members("staff", after=None, limit=9)] == ["u1", "u2"]
        assert [user.id for user in uow.groups.members("staff", after="u1", limit=9)] == ["u2"]
        assert [user.id for user in uow.groups.members("staff", after=None, limit=1)] == ["u1"]
        assert uow.groups.remove_member("staff", "u2")
        assert not uow.groups.remove_member("staff", "u2")
        assert [uow.groups.count_of(name) for name in ("u1", "u2", "\x7f")] == [1, 0, 0]


def test_what_somebody_has_comes_from_own_roles_and_those_of_the_groups(store: Store) -> None:
    with store.write() as uow:
        fill(uow)
    with store.read() as uow:
        assert uow.roles.entitlements_of("u1") == Entitlements(("reader",), (), ("orders:read",))
        assert uow.roles.entitlements_of("u2") == Entitlements(
            ("reader", "writer"), ("staff",), ("orders:read", "orders:write")
        )
        assert uow.roles.entitlements_of("u3") == NO_ENTITLEMENTS
        assert uow.roles.names_of(["u1", "u2", "u3"]) == {"u1": ["reader"], "u2": ["reader", "writer"]}
        assert uow.roles.names_of([]) == {}
        assert list(uow.roles.given_to("u2")) == ["writer"]


def test_an_account_tells_whether_anything_was_ever_given_to_it(store: Store) -> None:
    with store.write() as uow:
        fill(uow)
        uow.groups.add_member("staff", "u1")

    def marked() -> list[bool]:
        with store.read() as uow:
            return [user.has_roles for user in uow.users.page(after=None, limit=9)]

    assert marked() == [True, True, False]
    with store.write() as uow:
        assert uow.groups.add_member("staff", "u3")
        assert uow.groups.remove_member("staff", "u3")
    assert marked() == [True, True, True]


def test_a_role_is_given_and_taken_once(store: Store) -> None:
    with store.write() as uow:
        fill(uow)
        assert not uow.roles.give("u1", "reader")
        assert uow.roles.take("u1", "reader")
        assert not uow.roles.take("u1", "reader")
        assert not uow.roles.take("u2", "reader")  # it came with the group
        assert uow.roles.entitlements_of("u1") == NO_ENTITLEMENTS


def test_what_is_deleted_is_taken_from_everybody(store: Store) -> None:
    with store.write() as uow:
        fill(uow)
        assert uow.roles.delete("reader")
        assert not uow.roles.delete("reader")
        assert uow.roles.entitlements_of("u1") == NO_ENTITLEMENTS
        assert uow.groups.find("staff") == group("staff")
        assert uow.groups.delete("staff")
        assert uow.roles.entitlements_of("u2") == Entitlements(
            ("writer",), (), ("orders:read", "orders:write")
        )
