"""Families of refresh tokens in the database, by their digests."""

from sqlalchemy import bindparam, insert, select, update

from gatepass_server.domain.sessions import RefreshFamily
from gatepass_server.store.ports import Later, Rotation
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.rows import changed_one
from gatepass_server.store.sql.tables import refresh_families

_COLUMNS = tuple(refresh_families.c)
_NAMES = tuple(column.name for column in _COLUMNS)
_ADD = insert(refresh_families)
_ROTATE = (
    update(refresh_families)
    .where(
        refresh_families.c.family == bindparam("of"),
        refresh_families.c.digest == bindparam("spent"),
        refresh_families.c.expires_at > bindparam("now"),
    )
    .values(
        digest=bindparam("successor"),
        generation=refresh_families.c.generation + 1,
        expires_at=bindparam("end"),
        previous=bindparam("spent"),
        salt=bindparam("with_salt"),
        rotated_at=bindparam("now"),
    )
)
_FIND = select(*_COLUMNS).where(refresh_families.c.family == bindparam("of"))


class SqlRefreshTokens:
    """The port ``RefreshTokens``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, family: RefreshFamily) -> None:
        """See ``RefreshTokens.add``."""
        values = {name: getattr(family, name) for name in _NAMES}
        self._connection.execute(_ADD, values)

    def rotate(self, rotation: Rotation, *, now: int, idle: int) -> Later[bool]:
        """See ``RefreshTokens.rotate``."""
        values = {
            "of": rotation.family,
            "spent": rotation.spent,
            "successor": rotation.successor,
            "with_salt": rotation.salt,
            "now": now,
            "end": now + idle,
        }
        return self._connection.later(_ROTATE, values, changed_one)

    def find(self, family: bytes) -> RefreshFamily | None:
        """See ``RefreshTokens.find``."""
        row = self._connection.execute(_FIND, {"of": family}).first()
        return None if row is None else RefreshFamily(**dict(zip(_NAMES, row, strict=True)))
