"""What a log-in hands out: an access token (RFC 9068) and a refresh token, for one session."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gatepass import Signer
from gatepass_server.crypto.handles import digest, new_refresh_token
from gatepass_server.domain.accounts import User
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.sessions import RefreshToken, Session

FIRST_PARTY_CLIENT = "gatepass"
"""The ``client_id`` of tokens that the server hands to its own users without an OAuth client."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """The answer to a log-in. ``expires_in`` is the access token's life in seconds."""

    access_token: str = field(repr=False)
    expires_in: int
    refresh_token: Secret
    scope: str


@dataclass(frozen=True, slots=True)
class Minted:
    """Tokens for the caller, and the row by which the refresh token will be known again."""

    pair: TokenPair
    refresh_row: RefreshToken


class Tokens:
    """Mints tokens for a session.

    Args:
        signer: gives the signer of the key that is active now.
        access_ttl: life of an access token, in seconds.
        refresh_idle: life of an unused refresh token, in seconds; never past the session's own end.
    """

    def __init__(
        self, signer: Callable[[], Signer], clock: Clock, *, access_ttl: int, refresh_idle: int
    ) -> None:
        self._signer = signer
        self._clock = clock
        self._access_ttl = access_ttl
        self._refresh_idle = refresh_idle

    def signer(self) -> Signer:
        """The signer of the key that is active now. It may read the key ring, over a connection of its own."""
        return self._signer()

    def mint(
        self,
        user: User,
        session: Session,
        *,
        generation: int,
        now: int | None = None,
        signer: Signer | None = None,
    ) -> "Minted":
        """Make both tokens; the caller keeps the refresh token's row in its transaction.

        Args:
            user: the owner of the session.
            session: a live one.
            generation: of the refresh token.
            now: the second for which the session was found to be live, if the caller has looked.
            signer: from ``signer()``, if the caller is within a transaction, which must not wait for another.
        """
        now = whole_seconds(self._clock) if now is None else now
        refresh_token = new_refresh_token()
        expires_in = min(self._access_ttl, session.expires_at - now)
        return Minted(
            pair=TokenPair(
                access_token=self.access_token(user, session, expires_in=expires_in, signer=signer),
                expires_in=expires_in,
                refresh_token=refresh_token,
                scope=session.scope,
            ),
            refresh_row=RefreshToken(
                digest=digest(refresh_token.reveal()),
                session_id=session.id,
                generation=generation,
                created_at=now,
                expires_at=min(now + self._refresh_idle, session.expires_at),
            ),
        )

    def access_token(
        self, user: User, session: Session, *, expires_in: int, signer: Signer | None = None
    ) -> str:
        """Sign an access token for the session, alive for ``expires_in`` seconds."""
        return (signer or self._signer()).issue(
            user.id,
            expires_in=expires_in,
            scopes=session.scope.split(),
            client_id=session.client_id,
            claims={
                "public_id": user.id,
                "sid": session.id,
                "auth_time": session.authenticated_at,
            },
        )
