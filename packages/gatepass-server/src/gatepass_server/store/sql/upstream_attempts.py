"""Sign-ins through other houses that are under way, in the database, by the digests of their names."""

from typing import Any

from sqlalchemy import bindparam, insert, select, update

from gatepass_server.domain.upstream_attempts import Attempt, Phase
from gatepass_server.store.sql.connection import Connection
from gatepass_server.store.sql.pruning import Pruning
from gatepass_server.store.sql.tables import upstream_attempts as attempts

_COLUMNS = tuple(attempts.c)
_NAMES = tuple(column.name for column in _COLUMNS)
_ADD = insert(attempts)
_IS_GOOD = (
    attempts.c.digest == bindparam("of"),
    attempts.c.browser_digest == bindparam("browser"),
    attempts.c.provider == bindparam("through"),
    attempts.c.phase == bindparam("at_phase"),
    attempts.c.expires_at > bindparam("now"),
    attempts.c.consumed_at.is_(None),
)
_FIND = select(*_COLUMNS).where(*_IS_GOOD)
_SPEND = update(attempts).where(*_IS_GOOD).values(consumed_at=bindparam("now")).returning(*_COLUMNS)
PRUNING = Pruning(attempts)


class SqlUpstreamAttempts:
    """The port ``UpstreamAttempts``."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, attempt: Attempt) -> None:
        """See ``UpstreamAttempts.add``."""
        values = {name: getattr(attempt, name) for name in _NAMES}
        self._connection.execute(_ADD, {**values, "phase": str(attempt.phase)})

    def find(
        self, digest: bytes, *, browser_digest: bytes, provider: str, phase: Phase, now: int
    ) -> Attempt | None:
        """See ``UpstreamAttempts.find``."""
        return self._one(_FIND, digest, browser_digest, provider, phase, now)

    def spend(
        self, digest: bytes, *, browser_digest: bytes, provider: str, phase: Phase, now: int
    ) -> Attempt | None:
        """See ``UpstreamAttempts.spend``."""
        return self._one(_SPEND, digest, browser_digest, provider, phase, now)

    def prune(self, before: int, *, limit: int) -> None:
        """See ``UpstreamAttempts.prune``."""
        PRUNING(self._connection, before, limit=limit)

    def _one(
        self, statement: Any, digest: bytes, browser: bytes, provider: str, phase: Phase, now: int
    ) -> Attempt | None:
        values = {"of": digest, "browser": browser, "through": provider, "at_phase": str(phase), "now": now}
        found = self._connection.execute(statement, values).mappings()
        return Attempt(**{**found[0], "phase": Phase(found[0]["phase"])}) if found else None
