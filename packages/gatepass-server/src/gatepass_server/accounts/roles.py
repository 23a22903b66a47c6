"""What an administrator does to roles, and to who has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gatepass_server.accounts.role_forms import checked_description, checked_name, checked_permissions
from gatepass_server.audit.log import AuditLog, Pen
from gatepass_server.domain.audit import Actor, EventKind
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import NameTaken, NotFound, TooManyGiven
from gatepass_server.domain.roles import MAX_ROLES, Role
from gatepass_server.store.ports import Store, UnitOfWork

LOCK = "roles"
"""Held by every transaction that changes roles, groups or who has them: what was found is there until it commits."""


@dataclass(frozen=True, slots=True)
class RolePage:
    """A page of roles. ``next_after`` continues the list, or is None on the last page."""

    roles: Sequence[Role]
    next_after: str | None


class Roles:
    """Makes, changes and gives roles. What changes reaches a person with the next token."""

    def __init__(self, store: Store, clock: Clock, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    def create(self, name: str, *, description: str, permissions: Iterable[str], by: Actor) -> Role:
        """Make a role.

        Raises:
            InvalidInput: with a fault for every field that cannot be taken.
            NameTaken: there is one of this name.
        """
        role = Role(
            name=checked_name(name),
            description=checked_description(description),
            permissions=checked_permissions(permissions),
            created_at=whole_seconds(self._clock),
        )
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            if not uow.roles.add(role):
                raise NameTaken(f"There is a role {role.name} already.")
            pen.note(uow, EventKind.ROLE_CREATED, actor=by.name, **_told(role))
        return role

    def find(self, name: str) -> Role:
        """The role of this name.

        Raises:
            NotFound: there is none.
        """
        with self._store.read() as uow:
            return found_role(uow, name)

    def page(self, *, after: str | None, limit: int) -> RolePage:
        """Up to ``limit`` roles in the order of their names, past ``after``."""
        with self._store.read() as uow:
            roles = uow.roles.page(after=after, limit=limit + 1)
        return RolePage(roles[:limit], roles[limit - 1].name if len(roles) > limit else None)

    def change(
        self,
        name: str,
        *,
        description: str | None = None,
        permissions: Iterable[str] | None = None,
        permit: Iterable[str] = (),
        forbid: Iterable[str] = (),
        by: Actor,
    ) -> Role:
        """Change what a role permits; the role as it is then.

        Args:
            name: of the role.
            description: another one, if given.
            permissions: all that it permits from now on, if given.
            permit: permissions to be added to those.
            forbid: permissions to be taken from those.
            by: who does it.

        Raises:
            NotFound: there is no such role.
            InvalidInput: something cannot be taken.
        """
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            before = found_role(uow, name)
            wanted = before.permissions if permissions is None else permissions
            after = replace(
                before,
                description=before.description if description is None else checked_description(description),
                permissions=checked_permissions({*wanted, *permit} - {*forbid}),
            )
            if after != before:
                uow.roles.replace(after)
                pen.note(uow, EventKind.ROLE_EDITED, actor=by.name, **_told(after))
        return after

    def delete(self, name: str, *, by: Actor) -> None:
        """Forget a role: nobody has it any more.

        Raises:
            NotFound: there is no such role.
        """
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            if not uow.roles.delete(name):
                raise _no_role(name)
            pen.note(uow, EventKind.ROLE_DELETED, actor=by.name, name=name)

    def grant(self, name: str, user_id: str, *, by: Actor) -> bool:
        """Give a person a role. True if that changed anything.

        Raises:
            NotFound: there is no such role, or no such account.
            TooManyGiven: the person has as many as can be given.
        """
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            found_role(uow, name)
            found_account(uow, user_id)
            granted = uow.roles.give(user_id, name)
            if granted:
                if len(uow.roles.given_to(user_id)) > MAX_ROLES:
                    raise TooManyGiven(
                        f"An account is given at most {MAX_ROLES} roles. Make it a member of a group."
                    )
                pen.note(uow, EventKind.ROLE_GRANTED, actor=by.name, user_id=user_id, name=name)
        return granted

    def revoke(self, name: str, user_id: str, *, by: Actor) -> None:
        """Take a role from a person.

        Raises:
            NotFound: the person was not given it; one that came with a group is the group's.
        """
        pen = self._pen(by)
        with self._store.write() as uow:
            uow.lock(LOCK)
            if not uow.roles.take(user_id, name):
                raise NotFound(
                    "The account was not given this role; what comes with a group, the group gives."
                )
            pen.note(uow, EventKind.ROLE_REVOKED, actor=by.name, user_id=user_id, name=name)

    def names_of(self, user_ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """The roles of each of these people, those of their groups included."""
        with self._store.read() as uow:
            return uow.roles.names_of(user_ids)

    def _pen(self, by: Actor) -> Pen:
        return self._audit.pen(address=by.address, request_id=by.request_id)


def found_role(uow: UnitOfWork, name: str) -> Role:
    """The role of this name.

    Raises:
        NotFound: there is none.
    """
    role = uow.roles.find(name)
    if role is None:
        raise _no_role(name)
    return role


def found_account(uow: UnitOfWork, user_id: str) -> None:
    """See that there is such an account.

    Raises:
        NotFound: there is none.
    """
    if uow.users.by_id(user_id) is None:
        raise NotFound("There is no such account.")


def _no_role(name: str) -> NotFound:
    return NotFound(f"There is no role {name!r}. See: gatepass roles list, GET /api/admin/roles")


def _told(role: Role) -> dict[str, str]:
    return {"name": role.name, "permissions": " ".join(role.permissions)}
