"""The tables. ``migrations/`` creates them; a test holds the two equal.

Every name begins with ``gatepass_``, because a mounted Gatepass shares the database of its host program.
Times are whole seconds since the epoch.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Name = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is looked up or ordered: compared by code point, as SQLite does anyway."""

users = Table(
    "gatepass_users",
    metadata,
    Column("id", Name, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("email_key", Name, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("is_admin", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("email_verified", Boolean, nullable=False, server_default=false()),
    Column("updated_at", BigInteger, nullable=False, server_default="0"),
    Column("has_roles", Boolean, nullable=False, server_default=false()),
)

identities = Table(
    "gatepass_identities",
    metadata,
    Column("id", Name, primary_key=True),
    Column("user_id", Name, ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    Column("provider", Name, nullable=False),
    Column("issuer", Name, nullable=False),
    Column("subject", Name, nullable=False),
    Column("email", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger, nullable=False),
    Column("tokens", LargeBinary),  # sealed
    UniqueConstraint("issuer", "subject"),
    Index(None, "user_id"),
)

sessions = Table(
    "gatepass_sessions",
    metadata,
    Column("id", Name, primary_key=True),
    Column("user_id", Name, ForeignKey(users.c.id, ondelete="CASCADE"), nullable=False),
    Column("client_id", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("methods", Text, nullable=False),  # as a scope is written: separated by spaces
    Column("authenticated_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("address", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("ended_at", BigInteger),
    Column("mode", Text, nullable=False, server_default="token"),
    Column("last_seen_at", BigInteger, nullable=False, server_default="0"),
    Column(
        "idle_expires_at", BigInteger, nullable=False, server_default="0"
    ),  # when ended: no later than that
    Column("status_list", BigInteger),
    Column("status_index", BigInteger),
    Column("cookie_digest", LargeBinary),
    # The sign-in that a program's grant came from. No foreign key: a grant may outlive that row.
    Column("parent_id", Name),
    Column("offline", Boolean, nullable=False, server_default=false()),
    Column("terms", Text, nullable=False, server_default="{}"),  # JSON, see domain.grants
    Column("identity_id", Name),  # no foreign key: what began through an identity may outlive it
    Column("upstream_sid", Name),
    Index(None, "user_id"),
    Index(None, "parent_id"),
    Index(None, "idle_expires_at"),
    Index(None, "status_list", "status_index", unique=True),
)
# Most sessions have no cookie and no identity, and have not ended: on SQLite, each index that a new row is in costs a
# page of the log. PostgreSQL has them whole: to say more of it, SQLAlchemy would load its dialect (2 MiB, 50 ms) for
# those who keep everything in SQLite.
Index(None, sessions.c.identity_id, sqlite_where=sessions.c.identity_id.is_not(None))
Index(None, sessions.c.cookie_digest, unique=True, sqlite_where=sessions.c.cookie_digest.is_not(None))
Index(
    "ix_gatepass_sessions_ended",
    sessions.c.status_list,
    sessions.c.ended_at,
    sessions.c.status_index,
    sqlite_where=sessions.c.ended_at.is_not(None),
)

refresh_families = Table(
    "gatepass_refresh_families",
    metadata,
    Column("family", LargeBinary, primary_key=True),
    Column("session_id", Name, ForeignKey(sessions.c.id, ondelete="CASCADE"), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("previous", LargeBinary),
    Column("salt", LargeBinary),
    Column("rotated_at", BigInteger),
    Index(None, "session_id"),
)

status_lists = Table(
    "gatepass_status_lists",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("next_index", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("closes_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

opaque_tokens = Table(
    "gatepass_opaque_tokens",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("session_id", Name, ForeignKey(sessions.c.id, ondelete="CASCADE"), nullable=False),
    Column("scope", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("terms", Text, nullable=False, server_default="{}"),
    Index(None, "session_id"),
    Index(None, "expires_at"),
)

clients = Table(
    "gatepass_clients",
    metadata,
    Column("id", Name, primary_key=True),
    Column("name", Text, nullable=False),
    Column("secret_digest", LargeBinary),
    Column("created_at", BigInteger, nullable=False),
    Column("registration", Text, nullable=False, server_default="{}"),  # JSON, see domain.clients
    Column("backchannel_logout_uri", Text),
    Column("access_digest", LargeBinary),
    Column("signing_salt", LargeBinary),
)

client_grants = Table(
    "gatepass_client_grants",  # no foreign key: what a deleted client was given must still be told as revoked
    metadata,
    Column("id", Name, primary_key=True),
    Column("client_id", Name, nullable=False),
    Column("status_list", BigInteger),
    Column("status_index", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Index(None, "client_id"),
    Index(None, "expires_at"),
    Index(None, "status_list", "status_index", unique=True),
)

client_tokens = Table(
    "gatepass_client_tokens",  # opaque access tokens that a program has for itself
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("grant_id", Name, ForeignKey(client_grants.c.id, ondelete="CASCADE"), nullable=False),
    Column("scope", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("terms", Text, nullable=False, server_default="{}"),
    Index(None, "grant_id"),
    Index(None, "expires_at"),
)

flows = Table(
    "gatepass_flows",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("client_id", Name, nullable=False),
    Column("parameters", Text, nullable=False),  # a JSON object of texts
    Column("steps", Text, nullable=False),  # JSON, see domain.flows
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Index(None, "expires_at"),
)

codes = Table(
    "gatepass_codes",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("client_id", Name, nullable=False),
    Column("session_id", Name, ForeignKey(sessions.c.id, ondelete="CASCADE"), nullable=False),
    Column("terms", Text, nullable=False),  # JSON, see domain.grants
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("consumed_at", BigInteger),
    Column("became", Text),  # the session that came of it
    Index(None, "session_id"),
    Index(None, "expires_at"),
)

upstream_attempts = Table(
    "gatepass_upstream_attempts",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("browser_digest", LargeBinary, nullable=False),
    Column("provider", Name, nullable=False),
    Column("phase", Name, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("consumed_at", BigInteger),
    Index(None, "expires_at"),
)

pushed_requests = Table(
    "gatepass_pushed_requests",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("client_id", Name, nullable=False),
    Column("parameters", Text, nullable=False),  # a JSON object of texts
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("consumed_at", BigInteger),
    Index(None, "expires_at"),
)

device_codes = Table(
    "gatepass_device_codes",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("user_code_digest", LargeBinary, nullable=False, unique=True),
    Column("client_id", Name, nullable=False),
    Column("terms", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("poll_interval", BigInteger, nullable=False),
    Column("polled_at", BigInteger),
    Column("decided_at", BigInteger),
    Column(
        "session_id", Name, ForeignKey(sessions.c.id, ondelete="CASCADE")
    ),  # whose it was approved in; none: denied
    Column("consumed_at", BigInteger),
    Index(None, "session_id"),
    Index(None, "expires_at"),
)

consents = Table(
    "gatepass_consents",
    metadata,
    Column("user_id", Name, ForeignKey(users.c.id, ondelete="CASCADE"), primary_key=True),
    Column("client_id", Name, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("granted_at", BigInteger, nullable=False),
    Column("resources", Text, nullable=False),
    Index(None, "client_id"),
)

spent_identifiers = Table(
    "gatepass_spent_identifiers",  # of assertions and proofs that are good once (jti)
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_at", BigInteger, nullable=False),
    Index(None, "expires_at"),
)

logout_notices = Table(
    "gatepass_logout_notices",
    metadata,
    Column("id", Name, primary_key=True),
    Column("client_id", Name, nullable=False),
    Column("session_id", Name, nullable=False),
    Column("user_id", Name, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Index(None, "next_at"),
)

initial_access_tokens = Table(
    "gatepass_initial_access_tokens",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("uses_left", BigInteger, nullable=False),
)

roles = Table(
    "gatepass_roles",
    metadata,
    Column("name", Name, primary_key=True),
    Column("description", Text, nullable=False),
    Column("permissions", Text, nullable=False),  # as a scope is written: separated by spaces
    Column("created_at", BigInteger, nullable=False),
)

groups = Table(
    "gatepass_groups",
    metadata,
    Column("name", Name, primary_key=True),
    Column("description", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

group_roles = Table(
    "gatepass_group_roles",
    metadata,
    Column("group_name", Name, ForeignKey(groups.c.name, ondelete="CASCADE"), primary_key=True),
    Column("role", Name, ForeignKey(roles.c.name, ondelete="CASCADE"), primary_key=True),
    Index(None, "role"),
)

user_roles = Table(
    "gatepass_user_roles",
    metadata,
    Column("user_id", Name, ForeignKey(users.c.id, ondelete="CASCADE"), primary_key=True),
    Column("role", Name, ForeignKey(roles.c.name, ondelete="CASCADE"), primary_key=True),
    Index(None, "role"),
)

identity_roles = Table(
    "gatepass_identity_roles",  # what another house says of its owner, beside what is given by hand
    metadata,
    Column("identity_id", Name, ForeignKey(identities.c.id, ondelete="CASCADE"), primary_key=True),
    Column("role", Name, ForeignKey(roles.c.name, ondelete="CASCADE"), primary_key=True),
    Index(None, "role"),
)

group_members = Table(
    "gatepass_group_members",
    metadata,
    Column("user_id", Name, ForeignKey(users.c.id, ondelete="CASCADE"), primary_key=True),
    Column("group_name", Name, ForeignKey(groups.c.name, ondelete="CASCADE"), primary_key=True),
    Index(None, "group_name"),
)

audit_events = Table(
    "gatepass_audit_events",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Name, nullable=False),
    Column("actor", Name, nullable=False),
    Column("user_id", Name),  # no foreign key: what happened outlives the account
    Column("session_id", Name),
    Column("address", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("details", Text, nullable=False),  # a JSON object of texts
    Column("mac", LargeBinary, nullable=False),
    Index(None, "user_id"),
)

audit_starts = Table(
    "gatepass_audit_starts",  # one row, once old events were deleted: the last that went
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("mac", LargeBinary, nullable=False),
    Column("seal", LargeBinary, nullable=False),
)

secrets = Table(
    "gatepass_secrets",
    metadata,
    Column("name", Name, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

signing_keys = Table(
    "gatepass_signing_keys",
    metadata,
    Column("kid", Name, primary_key=True),
    Column("alg", Text, nullable=False),
    Column("public_jwk", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("activates_at", BigInteger, nullable=False),
    Column("retires_at", BigInteger),
    Column("gone_at", BigInteger),
)

throttles = Table(
    "gatepass_throttles",
    metadata,
    Column("key", Name, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("resets_at", BigInteger, nullable=False),
    Index(None, "resets_at"),
)
