"""What people allowed programs, in the database."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select

from gatepass_server.domain.grants import Consent
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.statements import PerDialect, is_storable
from gatepass_server.store.sql.tables import consents

_COLUMNS = tuple(consents.c)
_OF_USER = select(*_COLUMNS).where(consents.c.user_id == bindparam("owner"))
_OF_BOTH = _OF_USER.where(consents.c.client_id == bindparam("client"))
_LATEST_FIRST = _OF_USER.order_by(consents.c.granted_at.desc(), consents.c.client_id)
_ALLOW = PerDialect(
    consents,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[consents.c.user_id, consents.c.client_id],
        set_={name: getattr(insert.excluded, name) for name in ("scope", "granted_at", "resources")},
    ),
)
_TAKE_BACK = delete(consents).where(
    consents.c.user_id == bindparam("owner"), consents.c.client_id == bindparam("client")
)


class SqlConsents:
    """The port ``Consents``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, user_id: str, client_id: str) -> Consent | None:
        """See ``Consents.find``."""
        found = self._connection.execute(_OF_BOTH, {"owner": user_id, "client": client_id}).mappings()
        return Consent(**found[0]) if found else None

    def of_user(self, user_id: str) -> Sequence[Consent]:
        """See ``Consents.of_user``."""
        rows = self._connection.execute(_LATEST_FIRST, {"owner": user_id})
        return [Consent(**row) for row in rows.mappings()]

    def allow(self, consent: Consent) -> None:
        """See ``Consents.allow``."""
        values = {
            "user_id": consent.user_id,
            "client_id": consent.client_id,
            "scope": consent.scope,
            "granted_at": consent.granted_at,
            "resources": consent.resources,
        }
        self._connection.execute(_ALLOW[self._connection.dialect.name], values)

    def take_back(self, user_id: str, client_id: str) -> bool:
        """See ``Consents.take_back``."""
        if not is_storable(client_id):
            return False
        return self._connection.execute(_TAKE_BACK, {"owner": user_id, "client": client_id}).rowcount == 1
