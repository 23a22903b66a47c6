"""Indexes that only a few sessions are in: on SQLite each that a new row is in costs a page of the log."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SESSIONS = "gatepass_sessions"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    _narrow("ix_gatepass_sessions_identity_id", ["identity_id"], "identity_id IS NOT NULL")
    _narrow("ix_gatepass_sessions_cookie_digest", ["cookie_digest"], "cookie_digest IS NOT NULL", unique=True)
    _narrow("ix_gatepass_sessions_ended", ["status_list", "ended_at", "status_index"], "ended_at IS NOT NULL")


def _narrow(name: str, columns: list[str], which: str, *, unique: bool = False) -> None:
    op.drop_index(name, _SESSIONS)
    op.create_index(name, _SESSIONS, columns, unique=unique, sqlite_where=sa.text(which))


def downgrade() -> None:
    raise NotImplementedError("Older versions take no newer tables; restore the database from a backup.")
