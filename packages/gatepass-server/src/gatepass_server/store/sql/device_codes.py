"""Devices that wait, in the database, by digests."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from gatepass_server.domain.device_codes import DeviceCode
from gatepass_server.store.ports import Later
from gatepass_server.store.sql.approvals import Approvals
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.pruning import Pruning
from gatepass_server.store.sql.rows import changed_one
from gatepass_server.store.sql.statements import PerDialect
from gatepass_server.store.sql.tables import device_codes
from gatepass_server.store.sql.terms import decode_code_terms, encode_code_terms

_COLUMNS = tuple(device_codes.c)
_NAMES = tuple(column.name for column in _COLUMNS)
_ADD = PerDialect(
    device_codes, lambda insert: insert.on_conflict_do_nothing().returning(device_codes.c.digest)
)
_FIND = select(*_COLUMNS).where(device_codes.c.digest == bindparam("of"))
_BY_USER_CODE = select(*_COLUMNS).where(device_codes.c.user_code_digest == bindparam("of"))
_IN_TIME = (
    update(device_codes)
    .where(
        device_codes.c.digest == bindparam("of"),
        or_(
            device_codes.c.polled_at.is_(None),
            device_codes.c.polled_at + device_codes.c.poll_interval <= bindparam("now") + 1,
        ),
    )
    .values(polled_at=bindparam("now"))
)
_TOO_SOON = (
    update(device_codes)
    .where(device_codes.c.digest == bindparam("of"))
    .values(polled_at=bindparam("now"), poll_interval=device_codes.c.poll_interval + bindparam("slower_by"))
)
_DECIDE = (
    update(device_codes)
    .where(
        device_codes.c.user_code_digest == bindparam("of"),
        device_codes.c.decided_at.is_(None),
        device_codes.c.expires_at > bindparam("now"),
    )
    .values(decided_at=bindparam("now"), session_id=bindparam("session"))
)
_CONSUME = (
    update(device_codes)
    .where(
        device_codes.c.digest == bindparam("of"),
        device_codes.c.session_id.is_not(None),
        device_codes.c.consumed_at.is_(None),
        device_codes.c.expires_at > bindparam("now"),
    )
    .values(consumed_at=bindparam("now"))
)
PRUNING = Pruning(device_codes)
_APPROVALS = Approvals(device_codes, {"session_id": None})


class SqlDeviceCodes:
    """The port ``DeviceCodes``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, code: DeviceCode) -> bool:
        """See ``DeviceCodes.add``."""
        values = {name: getattr(code, name) for name in _NAMES}
        values["terms"] = encode_code_terms(code.terms)
        return self._connection.execute(_ADD[self._connection.dialect.name], values).first() is not None

    def find(self, digest: bytes) -> DeviceCode | None:
        """See ``DeviceCodes.find``."""
        return _code(self._connection.execute(_FIND, {"of": digest}).first())

    def by_user_code(self, digest: bytes) -> DeviceCode | None:
        """See ``DeviceCodes.by_user_code``."""
        return _code(self._connection.execute(_BY_USER_CODE, {"of": digest}).first())

    def poll(self, digest: bytes, *, now: int, slower_by: int) -> bool:
        """See ``DeviceCodes.poll``."""
        if self._connection.execute(_IN_TIME, {"of": digest, "now": now}).rowcount:
            return True
        self._connection.execute(_TOO_SOON, {"of": digest, "now": now, "slower_by": slower_by})
        return False

    def decide(self, user_code_digest: bytes, *, session_id: str | None, now: int) -> bool:
        """See ``DeviceCodes.decide``."""
        values = {"of": user_code_digest, "session": session_id, "now": now}
        return self._connection.execute(_DECIDE, values).rowcount == 1

    def consume(self, digest: bytes, *, now: int) -> Later[bool]:
        """See ``DeviceCodes.consume``."""
        return self._connection.later(_CONSUME, {"of": digest, "now": now}, changed_one)

    def take_back(self, user_id: str, client_id: str) -> int:
        """See ``DeviceCodes.take_back``."""
        return _APPROVALS.take_back(self._connection, user_id, client_id, {})

    def prune(self, before: int, *, limit: int) -> None:
        """See ``DeviceCodes.prune``."""
        PRUNING(self._connection, before, limit=limit)


def _code(row: Sequence[Any] | None) -> DeviceCode | None:
    if row is None:
        return None
    values = dict(zip(_NAMES, row, strict=True))
    return DeviceCode(**{**values, "terms": decode_code_terms(values["terms"])})
