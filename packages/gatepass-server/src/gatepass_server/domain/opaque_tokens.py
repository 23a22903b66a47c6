"""Access tokens that mean nothing to whoever holds them."""

from dataclasses import dataclass, field

from gatepass_server.domain.grants import NO_TERMS, Terms
from gatepass_server.domain.sessions import StatusIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueToken:
    """One access token of a session, as it is kept. Times are whole seconds since the epoch.

    Attributes:
        digest: The SHA-256 digest of its text.
        session_id: The session that it acts for.
        scope: What it may do: scopes separated by spaces, no more than the session's.
        issued_at: When it was made.
        expires_at: When it ends, whatever its session does.
        terms: What it is bound to.
    """

    digest: bytes = field(repr=False)
    session_id: str
    scope: str
    issued_at: int
    expires_at: int
    terms: Terms = NO_TERMS


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientGrant:
    """What a program has for itself: its place in the revocation feed, for tokens that no person's session is behind.

    Attributes:
        id: A random name.
        client_id: Whose it is.
        status: Its place in the revocation feed, where there is one.
        created_at: In seconds since the epoch, as ``expires_at`` and ``ended_at``.
        expires_at: No token of it lives longer.
        ended_at: When the program was deleted, or its tokens taken back.
    """

    id: str
    client_id: str
    status: StatusIndex | None
    created_at: int
    expires_at: int
    ended_at: int | None = None

    def is_live(self, now: int) -> bool:
        """Neither ended nor over."""
        return self.ended_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientToken:
    """One opaque access token that a program has for itself, as it is kept. Times are seconds since the epoch."""

    digest: bytes = field(repr=False)
    grant_id: str
    scope: str
    issued_at: int
    expires_at: int
    terms: Terms = NO_TERMS
