"""Roles in the database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, literal, select, union, union_all, update

from gatepass_server.domain.roles import NO_ENTITLEMENTS, Entitlements, Role
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.statements import PerDialect, is_storable
from gatepass_server.store.sql.tables import (
    group_members,
    group_roles,
    identities,
    identity_roles,
    roles,
    user_roles,
    users,
)

_COLUMNS = (roles.c.name, roles.c.description, roles.c.permissions, roles.c.created_at)
_ADD = PerDialect(roles, lambda insert: insert.on_conflict_do_nothing().returning(roles.c.name))
_BY_NAME = select(*_COLUMNS).where(roles.c.name == bindparam("wanted"))
_FIRST_PAGE = select(*_COLUMNS).order_by(roles.c.name).limit(bindparam("limit"))
_NEXT_PAGE = _FIRST_PAGE.where(roles.c.name > bindparam("after"))
_REPLACE = (
    update(roles)
    .where(roles.c.name == bindparam("wanted"))
    .values(description=bindparam("text"), permissions=bindparam("permitted"))
)
_DELETE = delete(roles).where(roles.c.name == bindparam("wanted"))
_GIVE = PerDialect(user_roles, lambda insert: insert.on_conflict_do_nothing().returning(user_roles.c.role))
_TAKE = delete(user_roles).where(
    user_roles.c.user_id == bindparam("owner"), user_roles.c.role == bindparam("wanted")
)
_GIVEN_TO = (
    select(user_roles.c.role).where(user_roles.c.user_id == bindparam("owner")).order_by(user_roles.c.role)
)
MARK = update(users).where(users.c.id == bindparam("owner"), ~users.c.has_roles).values(has_roles=True)
"""Once there is something to read of a person. It is never taken back: nobody could do that between two who give."""

_BY_GROUP = (
    select(group_members.c.user_id, group_roles.c.role)
    .join_from(group_members, group_roles, group_members.c.group_name == group_roles.c.group_name)
    .where(group_members.c.user_id.in_(bindparam("owners", expanding=True)))
)
_BY_IDENTITY = (
    select(identities.c.user_id, identity_roles.c.role)
    .join_from(identities, identity_roles, identities.c.id == identity_roles.c.identity_id)
    .where(identities.c.user_id.in_(bindparam("owners", expanding=True)))
)
_NAMES_OF = union(
    select(user_roles.c.user_id, user_roles.c.role).where(
        user_roles.c.user_id.in_(bindparam("owners", expanding=True))
    ),
    _BY_GROUP,
    _BY_IDENTITY,
)
_EFFECTIVE = union(
    select(user_roles.c.role).where(user_roles.c.user_id == bindparam("owner")),
    select(group_roles.c.role)
    .join_from(group_members, group_roles, group_members.c.group_name == group_roles.c.group_name)
    .where(group_members.c.user_id == bindparam("owner")),
    select(identity_roles.c.role)
    .join_from(identities, identity_roles, identities.c.id == identity_roles.c.identity_id)
    .where(identities.c.user_id == bindparam("owner")),
).subquery()
_ENTITLEMENTS = union_all(
    select(literal(1).label("is_role"), roles.c.name, roles.c.permissions).join(
        _EFFECTIVE, roles.c.name == _EFFECTIVE.c.role
    ),
    select(literal(0), group_members.c.group_name, literal("")).where(
        group_members.c.user_id == bindparam("owner")
    ),
)


class SqlRoles:
    """The port ``Roles``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, role: Role) -> bool:
        """See ``Roles.add``."""
        values = {
            "name": role.name,
            "description": role.description,
            "permissions": " ".join(role.permissions),
            "created_at": role.created_at,
        }
        statement = _ADD[self._connection.dialect.name]
        return self._connection.execute(statement, values).first() is not None

    def find(self, name: str) -> Role | None:
        """See ``Roles.find``."""
        if not is_storable(name):
            return None
        row = self._connection.execute(_BY_NAME, {"wanted": name}).first()
        return None if row is None else _role(row)

    def page(self, *, after: str | None, limit: int) -> Sequence[Role]:
        """See ``Roles.page``."""
        if after is None:
            rows = self._connection.execute(_FIRST_PAGE, {"limit": limit})
        elif is_storable(after):
            rows = self._connection.execute(_NEXT_PAGE, {"limit": limit, "after": after})
        else:
            return ()
        return [_role(row) for row in rows]

    def replace(self, role: Role) -> bool:
        """See ``Roles.replace``."""
        values = {"wanted": role.name, "text": role.description, "permitted": " ".join(role.permissions)}
        return self._connection.execute(_REPLACE, values).rowcount == 1

    def delete(self, name: str) -> bool:
        """See ``Roles.delete``."""
        return is_storable(name) and self._connection.execute(_DELETE, {"wanted": name}).rowcount == 1

    def give(self, user_id: str, role: str) -> bool:
        """See ``Roles.give``."""
        statement = _GIVE[self._connection.dialect.name]
        if self._connection.execute(statement, {"user_id": user_id, "role": role}).first() is None:
            return False
        self._connection.execute(MARK, {"owner": user_id})
        return True

    def take(self, user_id: str, role: str) -> bool:
        """See ``Roles.take``."""
        if not is_storable(user_id) or not is_storable(role):
            return False
        return self._connection.execute(_TAKE, {"owner": user_id, "wanted": role}).rowcount == 1

    def given_to(self, user_id: str) -> Sequence[str]:
        """See ``Roles.given_to``."""
        return self._connection.execute(_GIVEN_TO, {"owner": user_id}).scalars()

    def names_of(self, user_ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """See ``Roles.names_of``."""
        found: dict[str, list[str]] = {}
        for user_id, role in self._connection.execute(_NAMES_OF, {"owners": list(user_ids)}):
            found.setdefault(user_id, []).append(role)
        return {user_id: sorted(names) for user_id, names in found.items()}

    def entitlements_of(self, user_id: str) -> Entitlements:
        """See ``Roles.entitlements_of``."""
        rows = self._connection.execute(_ENTITLEMENTS, {"owner": user_id}).all()
        if not rows:
            return NO_ENTITLEMENTS
        return Entitlements(
            roles=_in_order(name for is_role, name, _ in rows if is_role),
            groups=_in_order(name for is_role, name, _ in rows if not is_role),
            permissions=_in_order(word for *_, permissions in rows for word in permissions.split()),
        )


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _role(row: Sequence[Any]) -> Role:
    name, description, permissions, created_at = row
    return Role(
        name=name, description=description, permissions=tuple(permissions.split()), created_at=created_at
    )
