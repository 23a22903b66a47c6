"""The tables of OAuth 1.0a; the others are in ``tables.py``."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text

from gatepass_server.store.sql.tables import Name, metadata, sessions

temporary_credentials = Table(
    "gatepass_oauth1_temporary",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("client_id", Name, nullable=False),
    Column("callback", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("session_id", Name, ForeignKey(sessions.c.id, ondelete="CASCADE")),  # whose it was approved in
    Column("verifier", LargeBinary),
    Column("terms", Text),  # JSON, see domain.grants
    Column("misses", BigInteger, nullable=False, server_default="0"),
    Column("consumed_at", BigInteger),
    Index(None, "session_id"),
    Index(None, "expires_at"),
)

token_credentials = Table(
    "gatepass_oauth1_tokens",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("session_id", Name, ForeignKey(sessions.c.id, ondelete="CASCADE"), nullable=False),
    Column("client_id", Name, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "session_id"),
)
