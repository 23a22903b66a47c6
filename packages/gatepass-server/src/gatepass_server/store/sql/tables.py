"""The tables. ``migrations/`` creates them; a test holds the two equal.

Every name begins with ``gatepass_``, because a mounted Gatepass shares the database of its host program.
Times are whole seconds since the epoch.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, MetaData, Table, Text

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
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

refresh_tokens = Table(
    "gatepass_refresh_tokens",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("session_id", Name, ForeignKey(sessions.c.id, ondelete="CASCADE"), nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("consumed_at", BigInteger),
    Index(None, "session_id"),
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
