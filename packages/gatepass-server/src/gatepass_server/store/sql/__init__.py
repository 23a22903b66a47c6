"""The store on SQLite and PostgreSQL, by SQLAlchemy Core. Only ``bootstrap`` imports it."""

from gatepass_server.store.sql.store import SqlStore

__all__ = ["SqlStore"]
