"""One transaction, from taking a connection to giving it back."""

from types import TracebackType
from typing import Any

from gatepass_server.store.sql.compiled import Statements
from gatepass_server.store.sql.connection import Connection, SingleRead
from gatepass_server.store.sql.failures import Failures
from gatepass_server.store.sql.uow import SqlUnitOfWork
from gatepass_server.store.sql.ways import Way


class Transaction:
    """A context manager: leaving it commits, and an exception that leaves it rolls everything back.

    Args:
        way: how it begins.
        statements: of the database.
        failures: what its errors mean.
    """

    __slots__ = ("_connection", "_driver", "_failures", "_statements", "_uow", "_way")

    _connection: Any
    _driver: Any
    _uow: SqlUnitOfWork

    def __init__(self, way: Way, statements: Statements, failures: Failures) -> None:
        self._way = way
        self._statements = statements
        self._failures = failures

    def __enter__(self) -> SqlUnitOfWork:
        """Take a connection, and begin."""
        way = self._way
        try:
            connection = self._connection = way.take()
        except self._failures.kinds as error:
            raise self._explained(error) from None
        self._driver = connection.dbapi_connection
        try:
            self._driver = way.begin(self._driver, connection.info)
        except BaseException as error:
            self._give_back(error)
            if isinstance(error, self._failures.kinds):
                raise self._explained(error) from None
            raise
        kind = SingleRead if way.is_single else Connection
        runs = kind(self._driver, self._statements, way.dialect)
        self._uow = SqlUnitOfWork(runs, writes=way.writes, waits=way.waits)
        return self._uow

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, and give the connection back."""
        try:
            if error is None:
                self._uow.finish()
                self._driver.commit()
        except BaseException as late:  # noqa: BLE001 - a commit may fail, too: it is raised below
            error = late
        self._end(error, is_raised=kind is not None)

    def _end(self, error: BaseException | None, *, is_raised: bool = False) -> None:
        """Give the connection back, and raise what went wrong, if nobody does so already."""
        self._give_back(error)
        if isinstance(error, self._failures.kinds):
            raise self._explained(error) from None
        if error is not None and not is_raised:
            raise error

    def _give_back(self, error: BaseException | None) -> None:
        """Roll back what was not committed. A connection that was lost is thrown away."""
        connection = self._connection
        try:
            if error is not None:
                self._driver.rollback()  # nothing, where the failure has done that already
        except self._failures.kinds as lost:
            connection.invalidate(lost)
        else:
            if isinstance(error, self._failures.kinds) and self._failures.is_lost(
                error, connection.dbapi_connection
            ):
                connection.invalidate(error)
        finally:
            connection.close()

    def _explained(self, error: Exception) -> BaseException:
        explained = self._failures.explain(error, writes=self._way.writes)
        return explained.with_traceback(error.__traceback__)
