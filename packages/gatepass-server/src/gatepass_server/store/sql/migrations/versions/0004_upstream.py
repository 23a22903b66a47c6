"""Signing in through other houses: who people are there, and what of it is under way."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "gatepass_identities",
        sa.Column("id", Name, nullable=False),
        sa.Column("user_id", Name, nullable=False),
        sa.Column("provider", Name, nullable=False),
        sa.Column("issuer", Name, nullable=False),
        sa.Column("subject", Name, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger, nullable=False),
        sa.Column("tokens", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_gatepass_identities"),
        sa.UniqueConstraint("issuer", "subject", name="uq_gatepass_identities_issuer"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["gatepass_users.id"], name="fk_gatepass_identities_user_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_gatepass_identities_user_id", "gatepass_identities", ["user_id"])
    op.create_table(
        "gatepass_identity_roles",
        sa.Column("identity_id", Name, nullable=False),
        sa.Column("role", Name, nullable=False),
        sa.PrimaryKeyConstraint("identity_id", "role", name="pk_gatepass_identity_roles"),
        sa.ForeignKeyConstraint(
            ["identity_id"],
            ["gatepass_identities.id"],
            name="fk_gatepass_identity_roles_identity_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role"], ["gatepass_roles.name"], name="fk_gatepass_identity_roles_role", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_gatepass_identity_roles_role", "gatepass_identity_roles", ["role"])
    op.create_table(
        "gatepass_upstream_attempts",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("browser_digest", sa.LargeBinary, nullable=False),
        sa.Column("provider", Name, nullable=False),
        sa.Column("phase", Name, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("consumed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_upstream_attempts"),
    )
    op.create_index("ix_gatepass_upstream_attempts_expires_at", "gatepass_upstream_attempts", ["expires_at"])
    op.add_column("gatepass_sessions", sa.Column("identity_id", Name))
    op.add_column("gatepass_sessions", sa.Column("upstream_sid", Name))
    op.create_index("ix_gatepass_sessions_identity_id", "gatepass_sessions", ["identity_id"])


def downgrade() -> None:
    raise NotImplementedError(
        "Accounts without a password would be locked out; restore the database from a backup."
    )
