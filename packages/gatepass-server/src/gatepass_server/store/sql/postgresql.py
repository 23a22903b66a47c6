"""Connections to a PostgreSQL server."""

import select
from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import NullPool, QueuePool

from gatepass_server.domain.errors import OperatorError

HURRY = "SET LOCAL synchronous_commit = off"
"""Commit without waiting for the disk: everybody sees it, and it outlives a crash of the program, not a power cut."""

FLUSH = "SELECT pg_logical_emit_message(true, 'gatepass', '')"
"""Write next to nothing: whoever commits it waits until it is on the disk, with all that was committed before."""

POOL_TIMEOUT = 5.0
"""Seconds to wait for a free connection."""

_DEFAULTS = {
    "application_name": "gatepass",
    "connect_timeout": "5",  # seconds, for each host of the address
    "keepalives_idle": "30",  # seconds
    "tcp_user_timeout": "15000",  # milliseconds until a silent server counts as gone
}
_THRESHOLD = "prepare_threshold"
LIMITS_IN_EVENT_LOOP = {"statement_timeout": "50ms", "lock_timeout": "15ms"}
"""Shorter than an event loop waits, so that the server ends what lasts longer, and the connection is still good.

The end of a transaction is no statement that they end, nor is the wait for its disk.
"""

_SHOW_LIMITS = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
_LIMITS = "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"


def create_postgresql_engine(url: URL, *, pool_size: int, autocommit: bool = False) -> Engine:
    """An engine whose statements end in time and whose pool survives a restart of the server.

    Parameters of the address win over the defaults here. One of them is psycopg's: ``prepare_threshold``, how often a
    statement is run before the server prepares it, or ``none``.

    Raises:
        OperatorError: it is neither a number nor ``none``.
    """
    engine = create_engine(
        _without_ours(url),
        connect_args=_connect_args(url),
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT,
        pool_use_lifo=True,  # idle connections stay idle, and proxies may drop them
        hide_parameters=True,
        use_native_hstore=False,  # saves a question at each new connection
        isolation_level="AUTOCOMMIT" if autocommit else None,
        pool_reset_on_return=None if autocommit else "rollback",
    )
    event.listen(engine, "checkout", _refuse_dead)
    if autocommit:
        event.listen(engine, "reset", _roll_back)
    return engine


def connector(url: URL) -> Callable[[], Any]:
    """Opens connections for an event loop: they begin nothing by themselves, and wait for nothing long.

    None is opened where a pooler keeps those limits from the server.

    Raises:
        OperatorError: see ``create_postgresql_engine``.
    """
    limits = " ".join(f"-c {name}={value}" for name, value in LIMITS_IN_EVENT_LOOP.items())
    engine = create_engine(
        _without_ours(url),
        connect_args=_connect_args(url, limits),
        poolclass=NullPool,
        hide_parameters=True,
        use_native_hstore=False,
        isolation_level="AUTOCOMMIT",
    )
    expected = tuple(LIMITS_IN_EVENT_LOOP.values())

    def connect() -> Any:
        lent = engine.raw_connection()
        lent.detach()
        connection: Any = lent.dbapi_connection
        try:
            is_bounded = connection.execute(_SHOW_LIMITS).fetchone() == expected
        except BaseException:
            connection.close()
            raise
        if is_bounded:
            return connection
        connection.close()
        return None

    return connect


def is_dead(dbapi_connection: Any) -> bool:
    """Whether the server has closed an idle connection, without asking the server.

    It has nothing to read: what is readable is the end of the stream or the farewell of a server that restarts. This
    costs a system call where a ping costs a round trip.
    """
    return bool(dbapi_connection.closed) or _is_readable(dbapi_connection.fileno())


def _without_ours(url: URL) -> URL:
    return url.difference_update_query(["options", _THRESHOLD])


def _connect_args(url: URL, limits: str = "") -> dict[str, Any]:
    """What psycopg connects with.

    Args:
        url: of the server.
        limits: options that win over those of the address.
    """
    given = dict(url.query)
    options = given.get("options", "")
    if not isinstance(options, str):
        options = " ".join(options)
    return {
        **{name: value for name, value in _DEFAULTS.items() if name not in given},
        "options": " ".join(part for part in (_LIMITS, options, limits) if part),
        **({_THRESHOLD: _threshold(given[_THRESHOLD])} if _THRESHOLD in given else {}),
    }


def _threshold(given: object) -> int | None:
    if given == "none":
        return None
    if not isinstance(given, str) or not given.isdecimal():
        raise OperatorError("In the database address, prepare_threshold is a number or none.")
    return int(given)


def _roll_back(dbapi_connection: Any, _record: object, _state: object) -> None:
    """Do what SQLAlchemy does with each connection that comes back, where there is something to roll back."""
    if dbapi_connection.pgconn.transaction_status:  # 0 where nothing has begun
        dbapi_connection.rollback()


def _refuse_dead(dbapi_connection: Any, _record: object, _proxy: object) -> None:
    """Replace a connection that the server has closed."""
    if is_dead(dbapi_connection):
        raise InvalidatePoolError


def _is_readable(descriptor: int) -> bool:
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([descriptor], [], [], 0)[0])
