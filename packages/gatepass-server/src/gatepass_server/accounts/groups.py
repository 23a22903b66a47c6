"""What an administrator does to groups, their members and their roles."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gatepass_server.accounts.directory import UserPage
from gatepass_server.accounts.role_forms import checked_description, checked_name
from gatepass_server.accounts.roles import LOCK, found_account, found_role
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.domain.audit import Actor, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import NameTaken, NotFound, TooManyGiven
from gatepass_server.domain.roles import MAX_GROUPS, MAX_ROLES, Group
from gatepass_server.store.ports import Store, UnitOfWork


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A page of groups. ``next_after`` continues the list, or is None on the last page."""

    groups: Sequence[Group]
    next_after: str | None


class Groups:
    """Makes groups, and changes who is in them and what they give. It reaches a person with the next token."""

    def __init__(self, store: Store, clock: Clock, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    def create(self, name: str, *, description: str, by: Actor) -> Group:
        """Make a group without members and roles.

        Raises:
            InvalidInput: with a fault for every field that cannot be taken.
            NameTaken: there is one of this name.
        """
        group = Group(
            name=checked_name(name),
            description=checked_description(description),
            created_at=whole_seconds(self._clock),
        )
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            if not uow.groups.add(group):
                raise NameTaken(f"There is a group {group.name} already.")
            pen.note(uow, EventKind.GROUP_CREATED, actor=by.name, name=group.name)
        return group

    def find(self, name: str) -> Group:
        """The group of this name.

        Raises:
            NotFound: there is none.
        """
        with self._store.read() as uow:
            return _found(uow, name)

    def page(self, *, after: str | None, limit: int) -> GroupPage:
        """Up to ``limit`` groups in the order of their names, past ``after``."""
        with self._store.read() as uow:
            groups = uow.groups.page(after=after, limit=limit + 1)
        return GroupPage(groups[:limit], groups[limit - 1].name if len(groups) > limit else None)

    def members(self, name: str, *, after: str | None, limit: int) -> UserPage:
        """Up to ``limit`` members in the order of their ids, past ``after``.

        Raises:
            NotFound: there is no such group.
        """
        with self._store.read() as uow:
            _found(uow, name)
            users = uow.groups.members(name, after=after, limit=limit + 1)
        return UserPage(users[:limit], users[limit - 1].id if len(users) > limit else None)

    def describe(self, name: str, description: str, *, by: Actor) -> Group:
        """Change the description; the group as it is then.

        Raises:
            NotFound: there is no such group.
            InvalidInput: it cannot be taken.
        """
        text = checked_description(description)
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            group = _found(uow, name)
            if group.description != text:
                uow.groups.describe(name, text)
                pen.note(uow, EventKind.GROUP_EDITED, actor=by.name, name=name)
        return replace(group, description=text)

    def delete(self, name: str, *, by: Actor) -> None:
        """Forget a group; its members lose the roles that came with it.

        Raises:
            NotFound: there is no such group.
        """
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            if not uow.groups.delete(name):
                raise _no_group(name)
            pen.note(uow, EventKind.GROUP_DELETED, actor=by.name, name=name)

    def grant(self, name: str, role: str, *, by: Actor) -> bool:
        """Give all members a role. True if that changed anything.

        Raises:
            NotFound: there is no such group, or no such role.
            TooManyGiven: the group has as many as it can have.
        """
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            group = _found(uow, name)
            found_role(uow, role)
            granted = uow.groups.add_role(name, role)
            if granted:
                if len(group.roles) >= MAX_ROLES:
                    raise TooManyGiven(f"A group has at most {MAX_ROLES} roles.")
                pen.note(uow, EventKind.GROUP_EDITED, actor=by.name, name=name, granted=role)
        return granted

    def revoke(self, name: str, role: str, *, by: Actor) -> None:
        """Take a role from a group.

        Raises:
            NotFound: the group does not have it.
        """
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            if not uow.groups.remove_role(name, role):
                raise NotFound("The group does not have this role.")
            pen.note(uow, EventKind.GROUP_EDITED, actor=by.name, name=name, revoked=role)

    def add(self, name: str, user_id: str, *, by: Actor) -> bool:
        """Put a person into a group. True if that changed anything.

        Raises:
            NotFound: there is no such group, or no such account.
            TooManyGiven: the person is in as many as one can be in.
        """
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            _found(uow, name)
            found_account(uow, user_id)
            added = uow.groups.add_member(name, user_id)
            if added:
                if uow.groups.count_of(user_id) > MAX_GROUPS:
                    raise TooManyGiven(f"An account is in at most {MAX_GROUPS} groups.")
                pen.note(uow, EventKind.GROUP_JOINED, actor=by.name, user_id=user_id, name=name)
        return added

    def remove(self, name: str, user_id: str, *, by: Actor) -> None:
        """Take a person out of a group.

        Raises:
            NotFound: the person is not in it.
        """
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            if not uow.groups.remove_member(name, user_id):
                raise NotFound("The account is no member of this group.")
            pen.note(uow, EventKind.GROUP_LEFT, actor=by.name, user_id=user_id, name=name)

    def _pen(self, by: Actor) -> Pen:
        return self._audit.pen(address=by.address, request_id=by.request_id)


def _found(uow: UnitOfWork, name: str) -> Group:
    group = uow.groups.find(name)
    if group is None:
        raise _no_group(name)
    return group


def _no_group(name: str) -> NotFound:
    return NotFound(f"There is no group {name!r}. See: gatepass groups list, GET /api/admin/groups")
