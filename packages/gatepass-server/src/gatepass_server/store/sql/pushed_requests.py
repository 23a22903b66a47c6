"""Authorization requests that were sent ahead, in the database, by the digests of their handles."""

import msgspec
from sqlalchemy import bindparam, insert, select, update

from gatepass_server.domain.grants import PushedRequest
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.pruning import Pruning
from gatepass_server.store.sql.tables import pushed_requests

_COLUMNS = tuple(pushed_requests.c)
_NAMES = tuple(column.name for column in _COLUMNS)
_ADD = insert(pushed_requests)
_FIND = select(*_COLUMNS).where(pushed_requests.c.digest == bindparam("of"))
_CONSUME = (
    update(pushed_requests)
    .where(pushed_requests.c.digest == bindparam("of"), pushed_requests.c.consumed_at.is_(None))
    .values(consumed_at=bindparam("now"))
)
_parameters = msgspec.json.Decoder(dict[str, str]).decode
PRUNING = Pruning(pushed_requests)


class SqlPushedRequests:
    """The port ``PushedRequests``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, request: PushedRequest) -> None:
        """See ``PushedRequests.add``."""
        values = {name: getattr(request, name) for name in _NAMES}
        values["parameters"] = msgspec.json.encode(request.parameters).decode()
        self._connection.execute(_ADD, values)

    def find(self, digest: bytes) -> PushedRequest | None:
        """See ``PushedRequests.find``."""
        row = self._connection.execute(_FIND, {"of": digest}).first()
        if row is None:
            return None
        values = dict(zip(_NAMES, row, strict=True))
        return PushedRequest(**{**values, "parameters": _parameters(values["parameters"])})

    def consume(self, digest: bytes, *, now: int) -> bool:
        """See ``PushedRequests.consume``."""
        return self._connection.execute(_CONSUME, {"of": digest, "now": now}).rowcount == 1

    def prune(self, before: int, *, limit: int) -> None:
        """See ``PushedRequests.prune``."""
        PRUNING(self._connection, before, limit=limit)
