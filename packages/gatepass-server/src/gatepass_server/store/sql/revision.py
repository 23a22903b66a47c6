"""Which revision of the tables a database has, told without Alembic (whose import costs 0.1 s)."""

from sqlalchemy import Column, Connection, MetaData, Table, Text, select

from gatepass_server.domain.errors import OperatorError
from gatepass_server.store.sql.migrations import HEAD, VERSION_TABLE

_version = Table(VERSION_TABLE, MetaData(), Column("version_num", Text))
_READ = select(_version.c.version_num)


def read(connection: Connection) -> str | None:
    """The revision of the database, or None before the first upgrade."""
    if not connection.dialect.has_table(connection, VERSION_TABLE):
        return None
    return connection.execute(_READ).scalar()


def require_head(found: str | None) -> None:
    """Check that the tables are the ones this program needs.

    Raises:
        OperatorError: with what to do.
    """
    if found is None:
        raise OperatorError("The database has no Gatepass tables yet. Make them: gatepass db upgrade.")
    require_known(found)
    if found != HEAD:
        raise OperatorError(
            f"The tables are at revision {found}; this Gatepass needs {HEAD}. "
            "Bring them up to date: gatepass db upgrade."
        )


def require_known(found: str | None) -> None:
    """Check that the tables are not newer than this program.

    Raises:
        OperatorError: with what to do.
    """
    if found is not None and not (found.isdecimal() and found <= HEAD):
        raise OperatorError(
            f"The tables are at revision {found}, which this Gatepass does not know (its own is {HEAD}). "
            "They were made by a newer version: install that one, or restore a backup."
        )
