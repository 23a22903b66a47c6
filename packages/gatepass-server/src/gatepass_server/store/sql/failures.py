"""What the errors of a database mean to the rest of the house."""

import sqlite3
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from gatepass_server.domain.errors import Busy, GatepassError, OperatorError

DATABASE_ERRORS = (DBAPIError, NoFreeConnection, InvalidRequestError)
"""What SQLAlchemy raises; the last where a server closes each new connection at once."""

_OF_CONNECTIONS = {"OperationalError", "InterfaceError"}
"""Errors of a driver that are no fault of the statement (PEP 249)."""

_EACH_CLOSED = "This connection is closed"
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NO_SPACE = {sqlite3.SQLITE_FULL, "53100"}
_READ_ONLY = {sqlite3.SQLITE_READONLY, "25006"}
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, "58030", "XX001", "XX002"}
_CANNOT_OPEN = {sqlite3.SQLITE_CANTOPEN}
WAITED_TOO_LONG = {"55P03", "57014", "40001", "40P01"}
"""Of PostgreSQL: a lock, a statement, serialization, a deadlock. The transaction was undone."""

_NOT_PREPARED = "26000"
_OUTDATED = {_NOT_PREPARED, "0A000"}
"""A prepared statement that the server does not have any more, or whose tables have changed since."""
_NO_TABLE = {"42P01"}
_NO_TEXT = (
    "Could not decode to UTF-8"  # SQLite takes any bytes as a text; what follows the words is the value
)
_UNREACHABLE = ("08", "53", "57P")  # classes: connection, resources, shutdown


class StatementRefusedError(Exception):
    """A fault of this program: a statement that the database does not take.

    PostgreSQL tells whole rows in its errors, so only the kind of the error is kept.
    """


class Failures:
    """What the errors of one database mean.

    Attributes:
        kinds: What its driver and its pool raise.
    """

    def __init__(self, engine: Engine) -> None:
        self._dialect = engine.dialect
        driver: type[Exception] = engine.dialect.loaded_dbapi.Error
        self.kinds: Final = (*DATABASE_ERRORS, driver)

    def is_lost(self, error: Exception, connection: Any) -> bool:
        """Whether the error says that the driver's connection is good for nothing any more.

        So it is where it and the server do not agree on what is prepared: it would fail again with each use.
        """
        return _code(error) in _OUTDATED or self._dialect.is_disconnect(error, connection, None)  # type: ignore[arg-type]  # it looks itself whether the error is one of its driver

    def explain(self, error: Exception, *, writes: bool) -> Exception:
        """See ``explain``."""
        return explain(error, writes=writes)


def explain(error: Exception, *, writes: bool) -> Exception:
    """The error to raise, during a request, instead of one of ``DATABASE_ERRORS``.

    It holds no value of a row. What passes by itself becomes ``Busy``, what the operator must mend an
    ``OperatorError``.
    """
    if isinstance(error, NoFreeConnection):
        return _busy(1, "all connections of the pool are in use")
    if isinstance(error, InvalidRequestError):
        closed = str(error) == _EACH_CLOSED
        return _busy(3, "the server closes new connections") if closed else StatementRefusedError(str(error))
    original = error.orig if isinstance(error, DBAPIError) else error
    if original is None:
        return StatementRefusedError(type(error).__name__)
    code = _code(original)
    explained = _wait(original, code) or _mend(original, code, writes=writes)
    if explained is not None:
        return explained
    constraint = getattr(getattr(original, "diag", None), "constraint_name", None)
    detail = str(original) if isinstance(original, sqlite3.Error) else constraint or ""
    is_constraint = isinstance(original, sqlite3.IntegrityError) or str(code).startswith("23")
    kind = "a constraint" if is_constraint else "the database"
    return StatementRefusedError(f"Refused by {kind}: {type(original).__name__} {code} {detail}".rstrip())


def explain_at_start(error: Exception, place: str) -> Exception:
    """The error to raise where an operator looks on. ``place`` is the address as it may be shown."""
    explained = explain(error, writes=True)
    if isinstance(explained, Busy):
        why = " ".join(explained.reason.split()).rstrip(".?")
        return OperatorError(
            f"The database {place} cannot be used: {why}. Start or free it, or correct the database address.",
            reason=explained.reason,
        )
    return explained


def _code(original: BaseException) -> int | str:
    """The primary result code of SQLite, or PostgreSQL's SQLSTATE."""
    if isinstance(original, sqlite3.Error):
        return int(getattr(original, "sqlite_errorcode", 0)) & 0xFF
    return str(getattr(original, "sqlstate", None) or "")


def _wait(original: BaseException, code: int | str) -> GatepassError | None:
    """What passes by itself."""
    if code in _LOCKED or code in WAITED_TOO_LONG:
        return _busy(1, f"waited too long for another transaction ({code})")
    if isinstance(code, int) or code in _NO_SPACE:
        return None
    if code == _NOT_PREPARED:
        return _busy(1, f"the server has forgotten what was prepared: {original}")
    if code.startswith(_UNREACHABLE):
        return _busy(3, f"the connection was lost: {original}")
    kinds = {kind.__name__ for kind in type(original).__mro__}
    if not code and kinds & _OF_CONNECTIONS:  # what a server did not answer has no code
        return _busy(3, str(original))
    return None


def _mend(original: BaseException, code: int | str, *, writes: bool) -> GatepassError | None:
    """What the operator must mend."""
    is_no_text = isinstance(code, int) and str(original).startswith(_NO_TEXT)
    if code in _NO_SPACE:
        sentence = "The database has no space left. Free some, or move it to a larger disk."
    elif code in _READ_ONLY and writes:
        sentence = "The database can only be read. Make its file, folder or server writable."
    elif code in _CANNOT_OPEN:
        sentence = "The database file cannot be opened. Make it (gatepass db upgrade), or look at its rights."
    elif code in _BROKEN or is_no_text:
        sentence = (
            "The database cannot be read: it is damaged, no database, or its disk fails. Restore a backup."
        )
    elif code in _NO_TABLE or (isinstance(code, int) and "no such table" in str(original)):
        sentence = "The database has no Gatepass tables. Make them: gatepass db upgrade."
    else:
        return None
    return OperatorError(sentence, reason=_NO_TEXT if is_no_text else str(original).strip())


def _busy(retry_after: int, reason: str) -> Busy:
    return Busy("The database is busy. Try again shortly.", retry_after=retry_after, reason=reason.strip())
