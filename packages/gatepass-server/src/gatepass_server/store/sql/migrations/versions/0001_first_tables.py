"""The first tables: users, sessions, refresh tokens, signing keys, throttles."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "gatepass_users",
        sa.Column("id", Name, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", Name, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("is_admin", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_gatepass_users"),
        sa.UniqueConstraint("email_key", name="uq_gatepass_users_email_key"),
    )
    op.create_table(
        "gatepass_sessions",
        sa.Column("id", Name, nullable=False),
        sa.Column("user_id", Name, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("methods", sa.Text, nullable=False),
        sa.Column("authenticated_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_gatepass_sessions"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["gatepass_users.id"], name="fk_gatepass_sessions_user_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_gatepass_sessions_user_id", "gatepass_sessions", ["user_id"])
    op.create_index("ix_gatepass_sessions_expires_at", "gatepass_sessions", ["expires_at"])
    op.create_table(
        "gatepass_refresh_tokens",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("session_id", Name, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("consumed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_refresh_tokens"),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["gatepass_sessions.id"],
            name="fk_gatepass_refresh_tokens_session_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_gatepass_refresh_tokens_session_id", "gatepass_refresh_tokens", ["session_id"])
    op.create_table(
        "gatepass_signing_keys",
        sa.Column("kid", Name, nullable=False),
        sa.Column("alg", sa.Text, nullable=False),
        sa.Column("public_jwk", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("activates_at", sa.BigInteger, nullable=False),
        sa.Column("retires_at", sa.BigInteger),
        sa.Column("gone_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("kid", name="pk_gatepass_signing_keys"),
    )
    op.create_table(
        "gatepass_throttles",
        sa.Column("key", Name, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("resets_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_gatepass_throttles"),
    )
    op.create_index("ix_gatepass_throttles_resets_at", "gatepass_throttles", ["resets_at"])


def downgrade() -> None:
    for table in ("throttles", "signing_keys", "refresh_tokens", "sessions", "users"):
        op.drop_table(f"gatepass_{table}")
