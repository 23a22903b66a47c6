"""A connection out of a pool, for as long as a transaction takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, PoolProxiedConnection


@contextmanager
def taken(engine: Engine) -> Iterator[PoolProxiedConnection]:
    """Take a connection, and give it back; one that was lost is thrown away.

    Raises:
        TimeoutError: of SQLAlchemy: none became free in time.
    """
    connection = engine.raw_connection()
    try:
        yield connection
    except Exception as error:
        driver: Any = connection.dbapi_connection
        if engine.dialect.is_disconnect(error, driver, None):  # type: ignore[arg-type]  # it looks itself whether it is an error of the driver
            connection.invalidate(error)
        raise
    finally:
        connection.close()


@contextmanager
def ending(driver: Any) -> Iterator[None]:
    """End the transaction that has begun: commit what goes well, and roll back what does not."""
    try:
        yield
        driver.execute("COMMIT")
    except BaseException:
        driver.rollback()  # nothing, where the failure has done that already
        raise
