"""Groups in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from gatepass_server.domain.accounts import User
from gatepass_server.domain.roles import Group
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.roles import MARK
from gatepass_server.store.sql.statements import PerDialect, is_storable
from gatepass_server.store.sql.tables import group_members, group_roles, groups, users
from gatepass_server.store.sql.users import COLUMNS as USER_COLUMNS

_COLUMNS = (groups.c.name, groups.c.description, groups.c.created_at)
_ADD = PerDialect(groups, lambda insert: insert.on_conflict_do_nothing().returning(groups.c.name))
_BY_NAME = select(*_COLUMNS).where(groups.c.name == bindparam("wanted"))
_FIRST_PAGE = select(*_COLUMNS).order_by(groups.c.name).limit(bindparam("limit"))
_NEXT_PAGE = _FIRST_PAGE.where(groups.c.name > bindparam("after"))
_ROLES_OF = (
    select(group_roles.c.group_name, group_roles.c.role)
    .where(group_roles.c.group_name.in_(bindparam("names", expanding=True)))
    .order_by(group_roles.c.role)
)
_DESCRIBE = update(groups).where(groups.c.name == bindparam("wanted")).values(description=bindparam("text"))
_DELETE = delete(groups).where(groups.c.name == bindparam("wanted"))
_ADD_ROLE = PerDialect(
    group_roles, lambda insert: insert.on_conflict_do_nothing().returning(group_roles.c.role)
)
_REMOVE_ROLE = delete(group_roles).where(
    group_roles.c.group_name == bindparam("wanted"), group_roles.c.role == bindparam("which")
)
_ADD_MEMBER = PerDialect(
    group_members, lambda insert: insert.on_conflict_do_nothing().returning(group_members.c.user_id)
)
_REMOVE_MEMBER = delete(group_members).where(
    group_members.c.group_name == bindparam("wanted"), group_members.c.user_id == bindparam("owner")
)
_FIRST_MEMBERS = (
    select(*USER_COLUMNS)
    .join_from(group_members, users, group_members.c.user_id == users.c.id)
    .where(group_members.c.group_name == bindparam("wanted"))
    .order_by(users.c.id)
    .limit(bindparam("limit"))
)
_NEXT_MEMBERS = _FIRST_MEMBERS.where(users.c.id > bindparam("after"))
_COUNT_OF = select(func.count()).where(group_members.c.user_id == bindparam("owner"))


class SqlGroups:
    """The port ``Groups``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, group: Group) -> bool:
        """See ``Groups.add``."""
        values = {"name": group.name, "description": group.description, "created_at": group.created_at}
        statement = _ADD[self._connection.dialect.name]
        return self._connection.execute(statement, values).first() is not None

    def find(self, name: str) -> Group | None:
        """See ``Groups.find``."""
        if not is_storable(name):
            return None
        found = self._with_roles(self._connection.execute(_BY_NAME, {"wanted": name}).all())
        return found[0] if found else None

    def page(self, *, after: str | None, limit: int) -> Sequence[Group]:
        """See ``Groups.page``."""
        if after is None:
            rows = self._connection.execute(_FIRST_PAGE, {"limit": limit})
        elif is_storable(after):
            rows = self._connection.execute(_NEXT_PAGE, {"limit": limit, "after": after})
        else:
            return ()
        return self._with_roles(rows.all())

    def describe(self, name: str, description: str) -> bool:
        """See ``Groups.describe``."""
        values = {"wanted": name, "text": description}
        return self._connection.execute(_DESCRIBE, values).rowcount == 1

    def delete(self, name: str) -> bool:
        """See ``Groups.delete``."""
        return is_storable(name) and self._connection.execute(_DELETE, {"wanted": name}).rowcount == 1

    def add_role(self, name: str, role: str) -> bool:
        """See ``Groups.add_role``."""
        statement = _ADD_ROLE[self._connection.dialect.name]
        return self._connection.execute(statement, {"group_name": name, "role": role}).first() is not None

    def remove_role(self, name: str, role: str) -> bool:
        """See ``Groups.remove_role``."""
        if not is_storable(name) or not is_storable(role):
            return False
        return self._connection.execute(_REMOVE_ROLE, {"wanted": name, "which": role}).rowcount == 1

    def add_member(self, name: str, user_id: str) -> bool:
        """See ``Groups.add_member``."""
        statement = _ADD_MEMBER[self._connection.dialect.name]
        if self._connection.execute(statement, {"user_id": user_id, "group_name": name}).first() is None:
            return False
        self._connection.execute(MARK, {"owner": user_id})
        return True

    def remove_member(self, name: str, user_id: str) -> bool:
        """See ``Groups.remove_member``."""
        if not is_storable(name) or not is_storable(user_id):
            return False
        return self._connection.execute(_REMOVE_MEMBER, {"wanted": name, "owner": user_id}).rowcount == 1

    def members(self, name: str, *, after: str | None, limit: int) -> Sequence[User]:
        """See ``Groups.members``."""
        if not is_storable(name) or (after is not None and not is_storable(after)):
            return ()
        values: dict[str, Any] = {"wanted": name, "limit": limit}
        if after is None:
            rows = self._connection.execute(_FIRST_MEMBERS, values)
        else:
            rows = self._connection.execute(_NEXT_MEMBERS, {**values, "after": after})
        return [User(*row) for row in rows]

    def count_of(self, user_id: str) -> int:
        """See ``Groups.count_of``."""
        return int(self._connection.execute(_COUNT_OF, {"owner": user_id}).scalar_one())

    def _with_roles(self, rows: Sequence[tuple[Any, ...]]) -> list[Group]:
        if not rows:
            return []
        found: dict[str, list[str]] = {row[0]: [] for row in rows}
        for name, role in self._connection.execute(_ROLES_OF, {"names": list(found)}):
            found[name].append(role)
        return [
            Group(name=name, description=description, roles=tuple(found[name]), created_at=created_at)
            for name, description, created_at in rows
        ]
