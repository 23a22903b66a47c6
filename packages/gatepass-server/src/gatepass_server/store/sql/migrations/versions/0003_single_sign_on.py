"""Single sign-on: programs, what they ask for and what they are granted; roles and groups."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_OF_CLIENTS = (
    sa.Column("registration", sa.Text, server_default="{}", nullable=False),
    sa.Column("backchannel_logout_uri", sa.Text),
    sa.Column("access_digest", sa.LargeBinary),
)


def upgrade() -> None:
    _widen()
    _widen_clients()
    _make_people()
    _make_grants()
    _make_requests()


def _widen() -> None:
    op.add_column("gatepass_opaque_tokens", sa.Column("terms", sa.Text, server_default="{}", nullable=False))
    op.add_column("gatepass_sessions", sa.Column("parent_id", Name))
    op.add_column(
        "gatepass_sessions", sa.Column("offline", sa.Boolean, server_default=sa.false(), nullable=False)
    )
    op.add_column("gatepass_sessions", sa.Column("terms", sa.Text, server_default="{}", nullable=False))
    op.create_index("ix_gatepass_sessions_parent_id", "gatepass_sessions", ["parent_id"])
    op.add_column(
        "gatepass_users", sa.Column("email_verified", sa.Boolean, server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "gatepass_users", sa.Column("updated_at", sa.BigInteger, server_default="0", nullable=False)
    )
    op.add_column(
        "gatepass_users", sa.Column("has_roles", sa.Boolean, server_default=sa.false(), nullable=False)
    )


def _widen_clients() -> None:
    """Public clients have no secret, and SQLite cannot take back that a column must not be null."""
    table = "gatepass_clients"
    if op.get_bind().dialect.name == "sqlite":
        op.rename_table(table, "gatepass_clients_before")
        op.create_table(
            table,
            sa.Column("id", Name, nullable=False),
            sa.Column("name", sa.Text, nullable=False),
            sa.Column("secret_digest", sa.LargeBinary),
            sa.Column("created_at", sa.BigInteger, nullable=False),
            *_OF_CLIENTS,
            sa.PrimaryKeyConstraint("id", name="pk_gatepass_clients"),
        )
        op.execute(
            "INSERT INTO gatepass_clients (id, name, secret_digest, created_at) "
            "SELECT id, name, secret_digest, created_at FROM gatepass_clients_before"
        )
        op.drop_table("gatepass_clients_before")
        return
    op.alter_column(table, "secret_digest", existing_type=sa.LargeBinary, nullable=True)
    for column in _OF_CLIENTS:
        op.add_column(table, column)


def _make_people() -> None:
    op.create_table(
        "gatepass_groups",
        sa.Column("name", Name, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_gatepass_groups"),
    )
    op.create_table(
        "gatepass_roles",
        sa.Column("name", Name, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("permissions", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_gatepass_roles"),
    )
    op.create_table(
        "gatepass_consents",
        sa.Column("user_id", Name, nullable=False),
        sa.Column("client_id", Name, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("granted_at", sa.BigInteger, nullable=False),
        sa.Column("resources", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["gatepass_users.id"], name="fk_gatepass_consents_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "client_id", name="pk_gatepass_consents"),
    )
    op.create_index("ix_gatepass_consents_client_id", "gatepass_consents", ["client_id"])
    op.create_table(
        "gatepass_group_members",
        sa.Column("user_id", Name, nullable=False),
        sa.Column("group_name", Name, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "group_name", name="pk_gatepass_group_members"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["gatepass_users.id"], name="fk_gatepass_group_members_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_name"],
            ["gatepass_groups.name"],
            name="fk_gatepass_group_members_group_name",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_gatepass_group_members_group_name", "gatepass_group_members", ["group_name"])
    op.create_table(
        "gatepass_group_roles",
        sa.Column("group_name", Name, nullable=False),
        sa.Column("role", Name, nullable=False),
        sa.PrimaryKeyConstraint("group_name", "role", name="pk_gatepass_group_roles"),
        sa.ForeignKeyConstraint(
            ["group_name"],
            ["gatepass_groups.name"],
            name="fk_gatepass_group_roles_group_name",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role"], ["gatepass_roles.name"], name="fk_gatepass_group_roles_role", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_gatepass_group_roles_role", "gatepass_group_roles", ["role"])
    op.create_table(
        "gatepass_user_roles",
        sa.Column("user_id", Name, nullable=False),
        sa.Column("role", Name, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "role", name="pk_gatepass_user_roles"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["gatepass_users.id"], name="fk_gatepass_user_roles_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["role"], ["gatepass_roles.name"], name="fk_gatepass_user_roles_role", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_gatepass_user_roles_role", "gatepass_user_roles", ["role"])


def _make_grants() -> None:
    op.create_table(
        "gatepass_client_grants",
        sa.Column("id", Name, nullable=False),
        sa.Column("client_id", Name, nullable=False),
        sa.Column("status_list", sa.BigInteger),
        sa.Column("status_index", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_gatepass_client_grants"),
    )
    op.create_index("ix_gatepass_client_grants_client_id", "gatepass_client_grants", ["client_id"])
    op.create_index("ix_gatepass_client_grants_expires_at", "gatepass_client_grants", ["expires_at"])
    op.create_index(
        "ix_gatepass_client_grants_status_list",
        "gatepass_client_grants",
        ["status_list", "status_index"],
        unique=True,
    )
    op.create_table(
        "gatepass_spent_identifiers",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_spent_identifiers"),
    )
    op.create_index("ix_gatepass_spent_identifiers_expires_at", "gatepass_spent_identifiers", ["expires_at"])
    op.create_table(
        "gatepass_client_tokens",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("grant_id", Name, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("terms", sa.Text, server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["gatepass_client_grants.id"],
            name="fk_gatepass_client_tokens_grant_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_client_tokens"),
    )
    op.create_index("ix_gatepass_client_tokens_expires_at", "gatepass_client_tokens", ["expires_at"])
    op.create_index("ix_gatepass_client_tokens_grant_id", "gatepass_client_tokens", ["grant_id"])
    op.create_table(
        "gatepass_codes",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("client_id", Name, nullable=False),
        sa.Column("session_id", Name, nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("consumed_at", sa.BigInteger),
        sa.Column("became", sa.Text),
        sa.ForeignKeyConstraint(
            ["session_id"], ["gatepass_sessions.id"], name="fk_gatepass_codes_session_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_codes"),
    )
    op.create_index("ix_gatepass_codes_expires_at", "gatepass_codes", ["expires_at"])
    op.create_index("ix_gatepass_codes_session_id", "gatepass_codes", ["session_id"])
    op.create_table(
        "gatepass_device_codes",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("user_code_digest", sa.LargeBinary, nullable=False),
        sa.Column("client_id", Name, nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("poll_interval", sa.BigInteger, nullable=False),
        sa.Column("polled_at", sa.BigInteger),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("session_id", Name),
        sa.Column("consumed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_device_codes"),
        sa.UniqueConstraint("user_code_digest", name="uq_gatepass_device_codes_user_code_digest"),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["gatepass_sessions.id"],
            name="fk_gatepass_device_codes_session_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_gatepass_device_codes_expires_at", "gatepass_device_codes", ["expires_at"])
    op.create_index("ix_gatepass_device_codes_session_id", "gatepass_device_codes", ["session_id"])


def _make_requests() -> None:
    op.create_table(
        "gatepass_flows",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("client_id", Name, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_flows"),
    )
    op.create_index("ix_gatepass_flows_expires_at", "gatepass_flows", ["expires_at"])
    op.create_table(
        "gatepass_initial_access_tokens",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("uses_left", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_initial_access_tokens"),
    )
    op.create_table(
        "gatepass_logout_notices",
        sa.Column("id", Name, nullable=False),
        sa.Column("client_id", Name, nullable=False),
        sa.Column("session_id", Name, nullable=False),
        sa.Column("user_id", Name, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gatepass_logout_notices"),
    )
    op.create_index("ix_gatepass_logout_notices_next_at", "gatepass_logout_notices", ["next_at"])
    op.create_table(
        "gatepass_pushed_requests",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("client_id", Name, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("consumed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("digest", name="pk_gatepass_pushed_requests"),
    )
    op.create_index("ix_gatepass_pushed_requests_expires_at", "gatepass_pushed_requests", ["expires_at"])


def downgrade() -> None:
    raise NotImplementedError(
        "Grants would be forgotten that are still in use; restore the database from a backup."
    )
