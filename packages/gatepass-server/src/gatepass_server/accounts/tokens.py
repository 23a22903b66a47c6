"""What a log-in hands out: an access token (RFC 9068) and a refresh token, for one session."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gatepass import Signer
from gatepass_server.accounts.entitlements import claims_for
from gatepass_server.domain.accounts import User
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.grants import Terms
from gatepass_server.domain.roles import Entitlements
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.sessions import Session
from gatepass_server.keys.ring import Signers


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token in clear. ``expires_in`` is its life in seconds."""

    text: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True)
class TokenPair:
    """The answer to a log-in. ``scope`` is the access token's."""

    access: AccessToken
    refresh_token: Secret
    scope: str


class Tokens:
    """Mints access tokens for a session.

    Args:
        signer: gives the signer of the key that is active now, of the algorithm that is asked for or the usual one.
        access_ttl: life of an access token, in seconds.
        status_lists: the address under which the lists of the revocation feed lie, ending with a slash.
    """

    def __init__(self, signer: Signers, clock: Clock, *, access_ttl: int, status_lists: str) -> None:
        self._signer = signer
        self._clock = clock
        self._access_ttl = access_ttl
        self._status_lists = status_lists

    def signer(self, algorithm: str = "") -> Signer:
        """The signer of the key that is active now. It may read the key ring, over a connection of its own.

        Args:
            algorithm: that a program asked for; the usual one without it.
        """
        return self._signer(algorithm)

    def access(
        self,
        user: User,
        session: Session,
        entitlements: Entitlements,
        *,
        scope: str | None = None,
        now: int | None = None,
        signer: Signer | None = None,
        audience: Sequence[str] = (),
    ) -> AccessToken:
        """Make an access token that ends with its session at the latest, if that is not prolonged.

        Args:
            user: the owner of the session.
            session: a live one.
            entitlements: what roles and groups say of the user.
            scope: scopes separated by spaces; all of the session's without it.
            now: the second for which the session was found to be live, if the caller has looked.
            signer: from ``signer()``, if the caller is within a transaction, which must not wait for another.
            audience: where the token is good, if that is less than the session's terms say.
        """
        now = whole_seconds(self._clock) if now is None else now
        expires_in = min(self._access_ttl, session.expires_at - now, session.idle_expires_at - now)
        return AccessToken(
            text=self.signed(
                user,
                session,
                entitlements,
                expires_in=expires_in,
                scope=scope,
                signer=signer,
                audience=audience,
            ),
            expires_in=expires_in,
        )

    def signed(
        self,
        user: User,
        session: Session,
        entitlements: Entitlements,
        *,
        expires_in: int,
        scope: str | None = None,
        signer: Signer | None = None,
        audience: Sequence[str] = (),
    ) -> str:
        """Sign an access token (RFC 9068) for the session, alive for ``expires_in`` seconds."""
        terms = session.terms
        scope = session.scope if scope is None else scope
        claims: dict[str, Any] = {
            "public_id": user.id,
            "sid": session.id,
            **sign_in_claims(session),
            **claims_for(session, scope, entitlements),
            **bound_claims(terms),
        }
        if (status := session.status) is not None:
            uri = f"{self._status_lists}{status.list}"
            claims["status"] = {"status_list": {"idx": status.index, "uri": uri}}
        return (signer or self._signer()).issue(
            user.id,
            expires_in=expires_in,
            scopes=scope.split(),
            client_id=terms.client_id or session.client_id,
            claims=claims,
            audience=audience or terms.audience or None,
        )


def bound_claims(terms: Terms) -> dict[str, Any]:
    """What of the terms of a grant stands in its access tokens, whatever their form: ``cnf``, ``act``, ``acr``."""
    claims: dict[str, Any] = {}
    bound = {"jkt": terms.jkt, "x5t#S256": terms.x5t}
    if cnf := {name: thumbprint for name, thumbprint in bound.items() if thumbprint}:
        claims["cnf"] = cnf
    if terms.act:
        claims["act"] = terms.act
    if terms.acr:
        claims["acr"] = terms.acr
    return claims


def sign_in_claims(session: Session) -> dict[str, Any]:
    """When somebody proved who they are (RFC 9068 section 2.2.1), if anybody did."""
    return {"auth_time": session.authenticated_at} if session.authenticated_at else {}
