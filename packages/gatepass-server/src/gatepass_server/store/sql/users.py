"""Accounts in the database."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update

from gatepass_server.domain.accounts import User
from gatepass_server.domain.errors import EmailTaken
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.statements import PerDialect, is_storable
from gatepass_server.store.sql.tables import users

COLUMNS = (
    users.c.id,
    users.c.name,
    users.c.email,
    users.c.email_key,
    users.c.password_hash,
    users.c.is_admin,
    users.c.created_at,
    users.c.disabled_at,
    users.c.email_verified,
    users.c.updated_at,
    users.c.has_roles,
)
"""In the order of the fields of ``User``."""

# Not by the error of a broken constraint: on PostgreSQL an error ends the whole transaction.
_ADD = PerDialect(users, lambda insert: insert.on_conflict_do_nothing().returning(users.c.id))
_BY_ID = select(*COLUMNS).where(users.c.id == bindparam("id"))
_BY_EMAIL = select(*COLUMNS).where(users.c.email_key == bindparam("email_key"))
_FIRST_PAGE = select(*COLUMNS).order_by(users.c.id).limit(bindparam("limit"))
_NEXT_PAGE = _FIRST_PAGE.where(users.c.id > bindparam("after"))
_FIRST_FOUND = (
    select(*COLUMNS)
    .where(users.c.email_key >= bindparam("first"), users.c.email_key < bindparam("past"))
    .order_by(users.c.email_key)
    .limit(bindparam("limit"))
)
_KEY_OF = select(users.c.email_key).where(users.c.id == bindparam("after")).scalar_subquery()
_NEXT_FOUND = _FIRST_FOUND.where(users.c.email_key > _KEY_OF)
_REPLACE_HASH = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.password_hash == bindparam("old"))
    .values(password_hash=bindparam("new"))
)
_CONFIRM = (
    select(users.c.id)
    .where(
        users.c.id == bindparam("user_id"),
        users.c.password_hash == bindparam("hash"),
        users.c.disabled_at.is_(None),
    )
    .with_for_update(read=True)  # on SQLite a writing transaction is alone
)
_IS_ENABLED = (
    select(users.c.id)
    .where(users.c.id == bindparam("user_id"), users.c.disabled_at.is_(None))
    .with_for_update(read=True)  # on SQLite a writing transaction is alone
)
_DISABLE = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.disabled_at.is_(None))
    .values(disabled_at=bindparam("now"))
)
_ENABLE = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.disabled_at.is_not(None))
    .values(disabled_at=None)
)
_SET_HASH = update(users).where(users.c.id == bindparam("user_id")).values(password_hash=bindparam("new"))
_SET_NAME = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.name != bindparam("wanted"))
    .values(name=bindparam("wanted"), updated_at=bindparam("now"))
)
_SET_VERIFIED = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.email_verified != bindparam("wanted"))
    .values(email_verified=bindparam("wanted"), updated_at=bindparam("now"))
)
_SET_ADMIN = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.is_admin != bindparam("wanted"))
    .values(is_admin=bindparam("wanted"))
)
_OTHER_ADMIN = (
    select(users.c.id)
    .where(users.c.id != bindparam("user_id"), users.c.is_admin, users.c.disabled_at.is_(None))
    .limit(1)
)
_LAST_CHARACTER = "\U0010ffff"
"""Nothing that begins with a text comes after this behind it."""


class SqlUsers:
    """The port ``Users``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, user: User) -> None:
        """See ``Users.add``."""
        statement = _ADD[self._connection.dialect.name]
        values = {
            "id": user.id,
            "name": user.name,
            "email": user.email,
            "email_key": user.email_key,
            "password_hash": user.password_hash,
            "is_admin": user.is_admin,
            "created_at": user.created_at,
            "disabled_at": user.disabled_at,
            "email_verified": user.email_verified,
            "updated_at": user.updated_at,
            "has_roles": user.has_roles,
        }
        if self._connection.execute(statement, values).first() is None:
            raise EmailTaken("An account with this e-mail address exists.")

    def by_id(self, user_id: str) -> User | None:
        """See ``Users.by_id``."""
        if not is_storable(user_id):
            return None
        row = self._connection.execute(_BY_ID, {"id": user_id}).first()
        return None if row is None else User(*row)

    def by_email(self, email_key: str) -> User | None:
        """See ``Users.by_email``."""
        if not is_storable(email_key):
            return None
        row = self._connection.execute(_BY_EMAIL, {"email_key": email_key}).first()
        return None if row is None else User(*row)

    def page(self, *, after: str | None, limit: int) -> Sequence[User]:
        """See ``Users.page``. Nothing comes after an id that no account can have."""
        if after is None:
            rows = self._connection.execute(_FIRST_PAGE, {"limit": limit})
        elif is_storable(after):
            rows = self._connection.execute(_NEXT_PAGE, {"limit": limit, "after": after})
        else:
            return ()
        return [User(*row) for row in rows]

    def search(self, email_key: str, *, after: str | None, limit: int) -> Sequence[User]:
        """See ``Users.search``."""
        if not is_storable(email_key) or (after is not None and not is_storable(after)):
            return ()
        values = {"first": email_key, "past": email_key + _LAST_CHARACTER, "limit": limit}
        if after is None:
            rows = self._connection.execute(_FIRST_FOUND, values)
        else:
            rows = self._connection.execute(_NEXT_FOUND, {**values, "after": after})
        return [User(*row) for row in rows]

    def replace_password_hash(self, user_id: str, *, old: str, new: str) -> bool:
        """See ``Users.replace_password_hash``."""
        if not is_storable(user_id):
            return False
        values = {"user_id": user_id, "old": old, "new": new}
        return self._connection.execute(_REPLACE_HASH, values).rowcount == 1

    def confirm(self, user_id: str, *, password_hash: str) -> bool:
        """See ``Users.confirm``."""
        values = {"user_id": user_id, "hash": password_hash}
        return self._connection.execute(_CONFIRM, values).first() is not None

    def is_enabled(self, user_id: str) -> bool:
        """See ``Users.is_enabled``."""
        return self._connection.execute(_IS_ENABLED, {"user_id": user_id}).first() is not None

    def disable(self, user_id: str, now: int) -> bool:
        """See ``Users.disable``."""
        if not is_storable(user_id):
            return False
        return self._connection.execute(_DISABLE, {"user_id": user_id, "now": now}).rowcount == 1

    def enable(self, user_id: str) -> bool:
        """See ``Users.enable``."""
        return self._connection.execute(_ENABLE, {"user_id": user_id}).rowcount == 1

    def set_password_hash(self, user_id: str, password_hash: str) -> bool:
        """See ``Users.set_password_hash``."""
        values = {"user_id": user_id, "new": password_hash}
        return self._connection.execute(_SET_HASH, values).rowcount == 1

    def set_name(self, user_id: str, name: str, now: int) -> bool:
        """See ``Users.set_name``."""
        values = {"user_id": user_id, "wanted": name, "now": now}
        return self._connection.execute(_SET_NAME, values).rowcount == 1

    def set_email_verified(self, user_id: str, now: int, *, verified: bool) -> bool:
        """See ``Users.set_email_verified``."""
        values = {"user_id": user_id, "wanted": verified, "now": now}
        return self._connection.execute(_SET_VERIFIED, values).rowcount == 1

    def set_admin(self, user_id: str, *, is_admin: bool) -> bool:
        """See ``Users.set_admin``."""
        values = {"user_id": user_id, "wanted": is_admin}
        return self._connection.execute(_SET_ADMIN, values).rowcount == 1

    def has_other_admin(self, user_id: str) -> bool:
        """See ``Users.has_other_admin``."""
        return self._connection.execute(_OTHER_ADMIN, {"user_id": user_id}).first() is not None
