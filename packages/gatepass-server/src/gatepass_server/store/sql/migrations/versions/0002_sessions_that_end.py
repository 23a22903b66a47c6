"""Sessions that go idle and can be revoked, families of refresh tokens, status lists, clients, the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _widen_sessions()
    _make_families()
    _make_opaque_tokens()
    op.create_table(
        "gatepass_status_lists",
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("next_index", sa.BigInteger, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("closes_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_gatepass_status_lists"),
    )
    op.create_table(
        "gatepass_clients",
        sa.Column("id", Name, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("secret_digest", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gatepass_clients"),
    )
    op.create_table(
        "gatepass_audit_events",
        sa.Column("position", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", Name, nullable=False),
        sa.Column("actor", Name, nullable=False),
        sa.Column("user_id", Name),
        sa.Column("session_id", Name),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_gatepass_audit_events"),
    )
    op.create_index("ix_gatepass_audit_events_user_id", "gatepass_audit_events", ["user_id"])
    op.create_table(
        "gatepass_audit_starts",
        sa.Column("position", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
        sa.Column("seal", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_gatepass_audit_starts"),
    )
    op.create_table(
        "gatepass_secrets",
        sa.Column("name", Name, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_gatepass_secrets"),
    )


def _widen_sessions() -> None:
    table = "gatepass_sessions"
    for column in (
        sa.Column("mode", sa.Text, nullable=False, server_default="token"),
        sa.Column("last_seen_at", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("idle_expires_at", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("status_list", sa.BigInteger),
        sa.Column("status_index", sa.BigInteger),
        sa.Column("cookie_digest", sa.LargeBinary),
    ):
        op.add_column(table, column)
    # Until now only the life of refresh tokens made a session end for want of use.
    op.execute(
        "UPDATE gatepass_sessions SET last_seen_at = created_at, "
        "idle_expires_at = CASE WHEN ended_at < expires_at THEN ended_at ELSE expires_at END"
    )
    op.drop_index("ix_gatepass_sessions_expires_at", table)
    op.create_index("ix_gatepass_sessions_idle_expires_at", table, ["idle_expires_at"])
    op.create_index("ix_gatepass_sessions_cookie_digest", table, ["cookie_digest"], unique=True)
    op.create_index("ix_gatepass_sessions_status_list", table, ["status_list", "status_index"], unique=True)
    op.create_index("ix_gatepass_sessions_ended", table, ["status_list", "ended_at", "status_index"])


def _make_families() -> None:
    op.create_table(
        "gatepass_refresh_families",
        sa.Column("family", sa.LargeBinary, nullable=False),
        sa.Column("session_id", Name, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("previous", sa.LargeBinary),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("rotated_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("family", name="pk_gatepass_refresh_families"),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["gatepass_sessions.id"],
            name="fk_gatepass_refresh_families_session_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_gatepass_refresh_families_session_id", "gatepass_refresh_families", ["session_id"])
    # A token of before stays good: the whole of it is what its family has in common.
    op.execute(
        "INSERT INTO gatepass_refresh_families (family, session_id, digest, generation, expires_at) "
        "SELECT digest, session_id, digest, generation, expires_at FROM gatepass_refresh_tokens "
        "WHERE consumed_at IS NULL"
    )
    op.drop_table("gatepass_refresh_tokens")


def _make_opaque_tokens() -> None:
    op.create_table(
        "gatepass_opaque_tokens",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("session_id", Name, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_opaque_tokens"),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["gatepass_sessions.id"],
            name="fk_gatepass_opaque_tokens_session_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_gatepass_opaque_tokens_session_id", "gatepass_opaque_tokens", ["session_id"])
    op.create_index("ix_gatepass_opaque_tokens_expires_at", "gatepass_opaque_tokens", ["expires_at"])


def downgrade() -> None:
    raise NotImplementedError("Spent refresh tokens are gone; restore the database from a backup instead.")
