"""A log-in that lasts: the session, and the family of refresh tokens that prolongs it."""

from dataclasses import dataclass, field
from enum import StrEnum

from gatepass_server.domain.grants import NO_TERMS, Terms

FIRST_PARTY_CLIENT = "gatepass"
"""The ``client_id`` of tokens that the server hands to its own users without an OAuth client."""


class SessionMode(StrEnum):
    """What a log-in hands out to be recognised by."""

    TOKEN = "token"  # noqa: S105 - the name of a mode
    """A signed access token (JWT) and a refresh token."""

    OPAQUE = "opaque"
    """An access token that means nothing to whoever holds it, and a refresh token."""

    COOKIE = "cookie"
    """A browser's cookie, and nothing else."""


@dataclass(frozen=True, slots=True)
class StatusIndex:
    """Where the revocation feed tells of a session: the number of the list, and the place in it."""

    list: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One log-in of one person on one device. Times are whole seconds since the epoch.

    Attributes:
        id: The claim ``sid``.
        client_id: The program that the session is for.
        methods: Authentication methods as RFC 8176 names them (``pwd``).
        authenticated_at: When they succeeded: the claim ``auth_time``.
        last_seen_at: The last use that was noted; not every use is.
        idle_expires_at: When it ends unless it is used; never past ``expires_at``.
        expires_at: Its absolute end.
        address: The IP address of the log-in, empty where there was none.
        device: The ``User-Agent`` of the log-in.
        status: Its place in the revocation feed, where there is one.
        cookie_digest: The SHA-256 digest of the cookie, in cookie mode.
        ended_at: When somebody ended it.
        parent_id: The sign-in that a program's grant came from, which ends it when it ends.
        offline: Whether the grant outlives that sign-in (``offline_access``).
        terms: What a program's grant is bound to.
        identity_id: The identity through which its owner signed in, where it was not with a password.
        upstream_sid: What the other house calls its own session (``sid``), which ends this one when it ends.
    """

    id: str
    user_id: str
    client_id: str
    scope: str
    mode: SessionMode = SessionMode.TOKEN
    methods: tuple[str, ...]
    authenticated_at: int
    created_at: int
    last_seen_at: int
    idle_expires_at: int
    expires_at: int
    address: str
    device: str
    status: StatusIndex | None = None
    cookie_digest: bytes | None = field(default=None, repr=False)
    ended_at: int | None = None
    parent_id: str | None = None
    offline: bool = False
    terms: Terms = NO_TERMS
    identity_id: str | None = None
    upstream_sid: str | None = None

    def is_live(self, now: int) -> bool:
        """Neither ended, nor left idle for too long, nor past its absolute end."""
        return self.ended_at is None and now < min(self.idle_expires_at, self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshFamily:
    """The refresh tokens of one session, of which one is good: the others came before it.

    Tokens are kept only as SHA-256 digests (RFC 9700 section 4.14.2). Times are whole seconds since the epoch.

    Attributes:
        family: The digest of what all tokens of the family have in common.
        session_id: The session that they prolong.
        digest: The good token's.
        generation: How often it was rotated.
        expires_at: When the good token ends unless it is used.
        previous: The digest of the token before, while its successor may be handed out again.
        salt: What the good token was made of, beside the one before.
        rotated_at: When that was.
    """

    family: bytes = field(repr=False)
    session_id: str
    digest: bytes = field(repr=False)
    generation: int = 0
    expires_at: int
    previous: bytes | None = field(default=None, repr=False)
    salt: bytes | None = field(default=None, repr=False)
    rotated_at: int | None = None
