"""A log-in that lasts: the session, and the refresh token that prolongs it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Session:
    """One log-in of one person on one device. Times are whole seconds since the epoch.

    ``id`` is the claim ``sid``. ``methods`` are authentication methods as RFC 8176 names them (``pwd``).
    """

    id: str
    user_id: str
    client_id: str
    scope: str
    methods: tuple[str, ...]
    authenticated_at: int
    created_at: int
    expires_at: int
    address: str
    device: str
    ended_at: int | None = None

    def is_live(self, now: int) -> bool:
        """Neither ended nor past its absolute end."""
        return self.ended_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A single-use token, kept only as the SHA-256 digest of its text (RFC 9700 section 4.14.2).

    All tokens of a session are one family; ``generation`` counts rotations from 0.
    """

    digest: bytes = field(repr=False)
    session_id: str
    generation: int
    created_at: int
    expires_at: int
    consumed_at: int | None = None
