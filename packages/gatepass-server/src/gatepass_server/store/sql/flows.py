"""Authorization requests that wait, in the database, by the digests of their handles."""

import msgspec
from sqlalchemy import bindparam, insert, select, update

from gatepass_server.domain.flows import Flow, Steps
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.pruning import Pruning
from gatepass_server.store.sql.tables import flows

_COLUMNS = tuple(flows.c)
_NAMES = tuple(column.name for column in _COLUMNS)
_ADD = insert(flows)
_FIND = select(*_COLUMNS).where(flows.c.digest == bindparam("of"))
_OPEN = update(flows).where(flows.c.digest == bindparam("of"), flows.c.finished_at.is_(None))
_NOTE = _OPEN.values(steps=bindparam("done"))
_FINISH = _OPEN.values(finished_at=bindparam("now"))
_parameters = msgspec.json.Decoder(dict[str, str]).decode
_steps = msgspec.json.Decoder(Steps).decode
PRUNING = Pruning(flows)


class SqlFlows:
    """The port ``Flows``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, flow: Flow) -> None:
        """See ``Flows.add``."""
        values = {name: getattr(flow, name) for name in _NAMES}
        values["parameters"] = msgspec.json.encode(flow.parameters).decode()
        values["steps"] = msgspec.json.encode(flow.steps).decode()
        self._connection.execute(_ADD, values)

    def find(self, digest: bytes) -> Flow | None:
        """See ``Flows.find``."""
        row = self._connection.execute(_FIND, {"of": digest}).first()
        if row is None:
            return None
        values = dict(zip(_NAMES, row, strict=True))
        values["parameters"] = _parameters(values["parameters"])
        values["steps"] = _steps(values["steps"])
        return Flow(**values)

    def note(self, digest: bytes, steps: Steps) -> bool:
        """See ``Flows.note``."""
        values = {"of": digest, "done": msgspec.json.encode(steps).decode()}
        return self._connection.execute(_NOTE, values).rowcount == 1

    def finish(self, digest: bytes, *, now: int) -> bool:
        """See ``Flows.finish``."""
        return self._connection.execute(_FINISH, {"of": digest, "now": now}).rowcount == 1

    def prune(self, before: int, *, limit: int) -> None:
        """See ``Flows.prune``."""
        PRUNING(self._connection, before, limit=limit)
