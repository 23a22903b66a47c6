"""Access tokens that mean nothing to whoever holds them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueToken:
    """One access token of a session, as it is kept. Times are whole seconds since the epoch.

    Attributes:
        digest: The SHA-256 digest of its text.
        session_id: The session that it acts for.
        scope: What it may do: scopes separated by spaces, no more than the session's.
        issued_at: When it was made.
        expires_at: When it ends, whatever its session does.
    """

    digest: bytes = field(repr=False)
    session_id: str
    scope: str
    issued_at: int
    expires_at: int
