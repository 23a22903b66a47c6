"""The key ring's rows in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Update, bindparam, select, update

from gatepass_server.domain.errors import NotFound
from gatepass_server.domain.signing_keys import KeyRecord
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.statements import PerDialect, is_storable
from gatepass_server.store.sql.tables import signing_keys

_COLUMNS = (
    signing_keys.c.kid,
    signing_keys.c.alg,
    signing_keys.c.public_jwk,
    signing_keys.c.sealed,
    signing_keys.c.created_at,
    signing_keys.c.activates_at,
    signing_keys.c.retires_at,
    signing_keys.c.gone_at,
)
"""In the order of the fields of ``KeyRecord``."""

_ADD = PerDialect(signing_keys, lambda insert: insert.on_conflict_do_nothing().returning(signing_keys.c.kid))
_ALL = select(*_COLUMNS).order_by(signing_keys.c.activates_at, signing_keys.c.kid)
_SCHEDULE = (
    update(signing_keys)
    .where(signing_keys.c.kid == bindparam("of"))
    .values(activates_at=bindparam("activates"), retires_at=bindparam("retires"), gone_at=bindparam("leaves"))
)
_RESEAL = (
    update(signing_keys).where(signing_keys.c.kid == bindparam("of")).values(sealed=bindparam("new_sealed"))
)


class SqlSigningKeys:
    """The port ``SigningKeys``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, key: KeyRecord) -> None:
        """See ``SigningKeys.add``."""
        values = {
            "kid": key.kid,
            "alg": key.alg,
            "public_jwk": key.public_jwk,
            "sealed": key.sealed,
            "created_at": key.created_at,
            "activates_at": key.activates_at,
            "retires_at": key.retires_at,
            "gone_at": key.gone_at,
        }
        if self._connection.execute(_ADD[self._connection.dialect.name], values).first() is None:
            raise ValueError(f"The signing key {key.kid} is in the store already.")

    def all(self) -> Sequence[KeyRecord]:
        """See ``SigningKeys.all``."""
        return [KeyRecord(*row) for row in self._connection.execute(_ALL)]

    def schedule(self, kid: str, *, activates_at: int, retires_at: int | None, gone_at: int | None) -> None:
        """See ``SigningKeys.schedule``."""
        values = {"of": kid, "activates": activates_at, "retires": retires_at, "leaves": gone_at}
        self._change(_SCHEDULE, values)

    def reseal(self, kid: str, sealed: bytes) -> None:
        """See ``SigningKeys.reseal``."""
        self._change(_RESEAL, {"of": kid, "new_sealed": sealed})

    def _change(self, statement: Update, values: dict[str, Any]) -> None:
        if not is_storable(values["of"]) or self._connection.execute(statement, values).rowcount != 1:
            raise NotFound("There is no signing key with this kid. List them: gatepass keys list.")
