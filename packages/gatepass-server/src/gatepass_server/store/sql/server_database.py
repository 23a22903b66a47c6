"""Transactions on a PostgreSQL server."""

from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import URL

from gatepass_server.store.ports.patience import is_in_event_loop, land
from gatepass_server.store.sql.at_hand import AtHand
from gatepass_server.store.sql.compiled import Statements
from gatepass_server.store.sql.engines import Engines
from gatepass_server.store.sql.failures import Failures
from gatepass_server.store.sql.in_event_loop import Departing, InEventLoop
from gatepass_server.store.sql.postgresql import connector
from gatepass_server.store.sql.transaction import Transaction
from gatepass_server.store.sql.uow import SqlUnitOfWork
from gatepass_server.store.sql.watch import Watch
from gatepass_server.store.sql.ways import Way, ways_of_server


class ServerDatabase:
    """Begins them. Threads share a pool; event loops have connections of their own, on which they wait for little.

    Args:
        url: of the server.
        engines: of the pool.
    """

    def __init__(self, url: URL, engines: Engines) -> None:
        engine = engines.writer
        self._at_hand: Final = AtHand(connector(url))
        self._watch: Final = Watch()
        self._ways: Final = ways_of_server(engine.raw_connection, engine.dialect)
        self._ways_in_loop: Final = ways_of_server(self._at_hand.take, engine.dialect, self._watch)
        self._statements: Final = Statements(engine.dialect)
        self._failures: Final = Failures(engine)

    def write(self, *, durable: bool) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.write``."""
        if not is_in_event_loop():
            return self._begin(self._ways.durable if durable else self._ways.hasty)
        land()
        way = self._ways_in_loop.durable if durable else self._ways_in_loop.hasty
        return Departing(way, self._statements, self._failures, self._watch)

    def read(self) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.read``."""
        if not is_in_event_loop():
            return self._begin(self._ways.snapshot)
        return self._begin_in_loop(self._ways_in_loop.snapshot)

    def look(self) -> AbstractContextManager[SqlUnitOfWork]:
        """See ``Store.look``."""
        if not is_in_event_loop():
            return self._begin(self._ways.look)
        return self._begin_in_loop(self._ways_in_loop.look)

    def close(self) -> None:
        """Close what is not in use."""
        self._at_hand.close()

    def leave(self) -> list[object]:
        """Begin with no connections, after a fork. Returns what must be kept for that."""
        return [self._at_hand.leave()]

    def _begin(self, way: Way) -> Transaction:
        return Transaction(way, self._statements, self._failures)

    def _begin_in_loop(self, way: Way) -> InEventLoop:
        land()
        return InEventLoop(way, self._statements, self._failures, self._watch)
