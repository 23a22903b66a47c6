"""What is told of a session, whatever it was recognised by: the claims of an access token (RFC 9068)."""

from collections.abc import Sequence
from typing import Any

from gatepass import Principal
from gatepass_server.accounts.entitlements import claims_for
from gatepass_server.accounts.tokens import bound_claims, sign_in_claims
from gatepass_server.store.ports import LiveSession


class SessionClaims:
    """Tells of a session in the words of a token, where nobody has signed one.

    Args:
        issuer: ``iss``.
        audience: ``aud`` of access tokens.
    """

    def __init__(self, *, issuer: str, audience: str) -> None:
        self._issuer = issuer
        self._audience = audience

    def of(
        self,
        live: LiveSession,
        *,
        scope: str,
        issued_at: int,
        expires_at: int,
        audience: str | Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """The claims. Times are whole seconds since the epoch.

        Args:
            live: the session and its owner.
            scope: scopes separated by spaces.
            issued_at: since when the caller has what it is recognised by.
            expires_at: when that ends; told as no later than the session's own end.
            audience: by default that of the session's access tokens.
        """
        session = live.session
        named = audience or session.terms.audience or self._audience
        return {
            "iss": self._issuer,
            "sub": live.user.id,
            "public_id": live.user.id,
            "aud": named if isinstance(named, str) or len(named) > 1 else named[0],
            "exp": min(expires_at, session.expires_at),
            "iat": issued_at,
            "client_id": session.terms.client_id or session.client_id,
            "scope": scope,
            "sid": session.id,
            **sign_in_claims(session),
            **claims_for(session, scope, live.entitlements),
            **bound_claims(session.terms),
        }

    def of_refresh_token(self, live: LiveSession, *, issued_at: int, expires_at: int) -> dict[str, Any]:
        """The claims of a token that is meant for this server alone."""
        return self.of(
            live,
            scope=live.session.scope,
            issued_at=issued_at,
            expires_at=expires_at,
            audience=self._issuer,
        )

    def principal(self, live: LiveSession) -> Principal:
        """The caller behind a cookie, for as long as its session may last."""
        session = live.session
        return Principal.from_claims(
            self.of(live, scope=session.scope, issued_at=session.created_at, expires_at=session.expires_at)
        )
