"""Who people are elsewhere, in the database."""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, bindparam, delete, or_, select, update

from gatepass_server.domain.accounts import NO_PASSWORD
from gatepass_server.domain.identities import Identity, IdentityTaken, LastWayIn
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.roles import MARK
from gatepass_server.store.sql.statements import PerDialect, is_storable
from gatepass_server.store.sql.tables import identities, identity_roles, roles, users

_COLUMNS = tuple(identities.c)
_NAMES = tuple(column.name for column in _COLUMNS)
# Not by the error of a broken constraint: on PostgreSQL an error ends the whole transaction.
_ADD = PerDialect(identities, lambda insert: insert.on_conflict_do_nothing().returning(identities.c.id))
_FIND = select(*_COLUMNS).where(
    identities.c.issuer == bindparam("said_by"), identities.c.subject == bindparam("called")
)
_BY_ID = select(*_COLUMNS).where(identities.c.id == bindparam("which"))
_OF_USER = (
    select(*_COLUMNS)
    .where(identities.c.user_id == bindparam("owner"))
    .order_by(identities.c.created_at, identities.c.id)
)
_TOUCH = (
    update(identities)
    .where(identities.c.id == bindparam("which"))
    .values(
        last_used_at=bindparam("now"),
        email=bindparam("address"),
        label=bindparam("shown"),
        tokens=bindparam("kept"),
    )
)
_OWNED = and_(identities.c.id == bindparam("which"), identities.c.user_id == bindparam("owner"))
_IS_OWNED = select(identities.c.id).where(_OWNED)
# Two who remove the last two identities come one after the other; on SQLite a writing transaction is alone.
_LOCK_OWNER = select(users.c.id).where(users.c.id == bindparam("owner")).with_for_update()
_OTHER_WAY = (
    select(users.c.id)
    .join_from(users, identities, identities.c.user_id == users.c.id, isouter=True)
    .where(
        users.c.id == bindparam("owner"),
        or_(
            users.c.password_hash != NO_PASSWORD,
            and_(
                identities.c.id != bindparam("which"),
                identities.c.provider.in_(bindparam("usable", expanding=True)),
            ),
        ),
    )
    .limit(1)
)
_REMOVE = delete(identities).where(_OWNED)
_ROLES_OF = (
    select(identity_roles.c.role)
    .where(identity_roles.c.identity_id == bindparam("which"))
    .order_by(identity_roles.c.role)
)
_KNOWN = select(roles.c.name).where(roles.c.name.in_(bindparam("wanted", expanding=True)))
_GIVE = PerDialect(identity_roles, lambda insert: insert.on_conflict_do_nothing())
_TAKE = delete(identity_roles).where(
    identity_roles.c.identity_id == bindparam("which"),
    identity_roles.c.role == bindparam("gone"),
)


class SqlIdentities:
    """The port ``Identities``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, issuer: str, subject: str) -> Identity | None:
        """See ``Identities.find``."""
        if not is_storable(issuer) or not is_storable(subject):
            return None
        found = self._connection.execute(_FIND, {"said_by": issuer, "called": subject}).mappings()
        return Identity(**found[0]) if found else None

    def add(self, identity: Identity) -> None:
        """See ``Identities.add``."""
        statement = _ADD[self._connection.dialect.name]
        values = {name: getattr(identity, name) for name in _NAMES}
        if self._connection.execute(statement, values).first() is not None:
            return
        holder = self.find(identity.issuer, identity.subject)
        if holder is None:
            (row,) = self._connection.execute(_BY_ID, {"which": identity.id}).mappings()
            holder = Identity(**row)
        raise IdentityTaken("This identity belongs to an account already.", holder=holder)

    def of_user(self, user_id: str) -> Sequence[Identity]:
        """See ``Identities.of_user``."""
        if not is_storable(user_id):
            return ()
        rows = self._connection.execute(_OF_USER, {"owner": user_id}).mappings()
        return [Identity(**row) for row in rows]

    def touch(self, identity_id: str, now: int, *, email: str, label: str, tokens: bytes | None) -> bool:
        """See ``Identities.touch``."""
        values = {"which": identity_id, "now": now, "address": email, "shown": label, "kept": tokens}
        return self._connection.execute(_TOUCH, values).rowcount == 1

    def remove(self, identity_id: str, user_id: str, *, usable: Collection[str]) -> bool:
        """See ``Identities.remove``."""
        if not is_storable(identity_id) or not is_storable(user_id):
            return False
        owned = {"which": identity_id, "owner": user_id}
        self._connection.execute(_LOCK_OWNER, {"owner": user_id})
        if self._connection.execute(_IS_OWNED, owned).first() is None:
            return False
        if self._connection.execute(_OTHER_WAY, {**owned, "usable": list(usable)}).first() is None:
            raise LastWayIn(
                "This is the only way to sign in to the account. Set a password or add another one first."
            )
        return self._connection.execute(_REMOVE, owned).rowcount == 1

    def set_roles(self, identity_id: str, user_id: str, roles: Collection[str]) -> bool:
        """See ``Identities.set_roles``."""
        has = set(self.roles_of(identity_id))
        wanted = {name for name in roles if is_storable(name)}
        known = set(self._connection.execute(_KNOWN, {"wanted": list(wanted)}).scalars()) if wanted else set()
        if gone := has - known:
            self._connection.execute(_TAKE, [{"which": identity_id, "gone": role} for role in sorted(gone)])
        if new := known - has:
            rows = [{"identity_id": identity_id, "role": role} for role in sorted(new)]
            self._connection.execute(_GIVE[self._connection.dialect.name], rows)
            self._connection.execute(MARK, {"owner": user_id})
        return has != known

    def roles_of(self, identity_id: str) -> Sequence[str]:
        """See ``Identities.roles_of``."""
        return self._connection.execute(_ROLES_OF, {"which": identity_id}).scalars()
