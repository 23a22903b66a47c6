"""OAuth 1.0a: what its programs' secrets are made of, and the credentials that they are given."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("gatepass_clients", sa.Column("signing_salt", sa.LargeBinary))
    op.create_table(
        "gatepass_oauth1_temporary",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("client_id", Name, nullable=False),
        sa.Column("callback", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("session_id", Name),
        sa.Column("verifier", sa.LargeBinary),
        sa.Column("terms", sa.Text),
        sa.Column("misses", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("consumed_at", sa.BigInteger),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["gatepass_sessions.id"],
            name="fk_gatepass_oauth1_temporary_session_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_oauth1_temporary"),
    )
    op.create_index("ix_gatepass_oauth1_temporary_expires_at", "gatepass_oauth1_temporary", ["expires_at"])
    op.create_index("ix_gatepass_oauth1_temporary_session_id", "gatepass_oauth1_temporary", ["session_id"])
    op.create_table(
        "gatepass_oauth1_tokens",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("session_id", Name, nullable=False),
        sa.Column("client_id", Name, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["gatepass_sessions.id"],
            name="fk_gatepass_oauth1_tokens_session_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_oauth1_tokens"),
    )
    op.create_index("ix_gatepass_oauth1_tokens_session_id", "gatepass_oauth1_tokens", ["session_id"])


def downgrade() -> None:
    raise NotImplementedError(
        "Credentials would be forgotten that are still in use; restore the database from a backup."
    )
