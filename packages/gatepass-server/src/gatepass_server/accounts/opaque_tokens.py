"""Opaque access tokens: random, kept as digests, and looked up at every use."""

from dataclasses import replace
from typing import Any

from gatepass import Principal
from gatepass.errors import ExpiredTokenError, RevokedTokenError
from gatepass_server.accounts.entitlements import with_entitlements
from gatepass_server.accounts.session_claims import SessionClaims
from gatepass_server.accounts.tokens import AccessToken
from gatepass_server.crypto.handles import digest, new_handle
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.grants import Terms
from gatepass_server.domain.opaque_tokens import OpaqueToken
from gatepass_server.domain.sessions import Session
from gatepass_server.store.ports import OpaqueAccess, Store, UnitOfWork

PREFIX = "gp_at_"
_PRUNED = 3
"""Expired tokens that a new one takes away: more than it brings, so the table does not grow."""


class OpaqueTokens:
    """Makes opaque tokens, and finds out what one may do.

    Args:
        access_ttl: the life of a token, in seconds.
    """

    def __init__(self, store: Store, clock: Clock, claims: SessionClaims, *, access_ttl: int) -> None:
        self._store = store
        self._clock = clock
        self._claims = claims
        self._access_ttl = access_ttl

    def new(
        self,
        session: Session,
        *,
        now: int,
        scope: str | None = None,
        terms: Terms | None = None,
        most: int | None = None,
    ) -> tuple[AccessToken, OpaqueToken]:
        """A token that ends with its session at the latest; the caller keeps it by ``keep``.

        Args:
            session: a live one.
            now: the second for which the session was found to be live.
            scope: scopes separated by spaces; all of the session's without it.
            terms: what it is bound to; as the session is without them.
            most: seconds that it lives at most, if that is less than usual.
        """
        handle = new_handle(PREFIX)
        expires_in = min(
            self._access_ttl, session.expires_at - now, self._access_ttl if most is None else most
        )
        kept = OpaqueToken(
            digest=digest(handle.reveal()),
            session_id=session.id,
            scope=session.scope if scope is None else scope,
            issued_at=now,
            expires_at=now + expires_in,
            terms=session.terms if terms is None else terms,
        )
        return AccessToken(text=handle.reveal(), expires_in=expires_in), kept

    def principal(self, text: str) -> Principal:
        """Whom a token stands for.

        Raises:
            RevokedTokenError: nobody was given it, its session has ended, or its owner was disabled.
            ExpiredTokenError: its time is over.
        """
        return Principal.from_claims(self.claims(self.find(text)))

    def claims(self, access: OpaqueAccess) -> dict[str, Any]:
        """What a token says that says nothing itself."""
        token = access.token
        live = replace(access.live, session=replace(access.live.session, terms=token.terms))
        return self._claims.of(
            live, scope=token.scope, issued_at=token.issued_at, expires_at=token.expires_at
        )

    def find(self, text: str) -> OpaqueAccess:
        """The token, its live session and the session's owner.

        Raises:
            RevokedTokenError, ExpiredTokenError: see ``principal``.
        """
        with self._store.read() as uow:
            found = uow.opaque_tokens.find(digest(text))
            live = None if found is None else with_entitlements(uow, found.live)
        if found is None or live is None:
            raise RevokedTokenError("this opaque token was never handed out, or is long gone")
        now = whole_seconds(self._clock)
        if found.token.expires_at <= now:
            raise ExpiredTokenError(f"the opaque token ended at {found.token.expires_at}, now is {now}")
        if not live.session.is_live(now) or not live.user.is_enabled:
            raise RevokedTokenError("the session has ended or the account is disabled")
        return replace(found, live=live)


def keep(uow: UnitOfWork, token: OpaqueToken) -> None:
    """Keep a new token, and forget a few whose time is long over."""
    uow.opaque_tokens.add(token)
    uow.opaque_tokens.prune(token.issued_at, limit=_PRUNED)
