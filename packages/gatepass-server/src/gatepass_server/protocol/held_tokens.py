"""What a token is that somebody shows: whose, where it is good, and whether it is alive."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gatepass import Principal, TokenError
from gatepass_server.accounts.opaque_tokens import PREFIX as OPAQUE
from gatepass_server.accounts.opaque_tokens import OpaqueTokens
from gatepass_server.accounts.session_claims import SessionClaims
from gatepass_server.accounts.sessions import Sessions
from gatepass_server.accounts.tokens import bound_claims
from gatepass_server.crypto.handles import digest
from gatepass_server.crypto.refresh_handles import PREFIX as REFRESH
from gatepass_server.crypto.refresh_handles import RefreshHandle
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.opaque_tokens import ClientGrant
from gatepass_server.domain.secret import Secret
from gatepass_server.domain.sessions import StatusIndex
from gatepass_server.protocol.client_tokens import PREFIX as CLIENTS_OWN
from gatepass_server.store.ports import ClientAccess, LiveSession, Store


class TokenKind(StrEnum):
    """As RFC 7009 section 2.1 names them."""

    ACCESS = "access_token"
    REFRESH = "refresh_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldToken:
    """A token that is good.

    Attributes:
        kind: What it is.
        claims: What it says, or would say if it were signed.
        live: The session that it acts for and its owner, unless a program has it for itself.
        grant: What a program has for itself.
        digest: Of an opaque access token.
    """

    kind: TokenKind
    claims: dict[str, Any] = field(repr=False)
    live: LiveSession | None = None
    grant: ClientGrant | None = None
    digest: bytes | None = field(default=None, repr=False)

    @property
    def client_id(self) -> str:
        """The program that holds it."""
        return str(self.claims.get("client_id", ""))

    @property
    def audience(self) -> frozenset[str]:
        """Where it is good."""
        audience = self.claims["aud"]
        return frozenset([audience] if isinstance(audience, str) else audience)

    @property
    def scopes(self) -> frozenset[str]:
        """What it may do."""
        return frozenset(str(self.claims.get("scope", "")).split())

    @property
    def key(self) -> str:
        """The thumbprint of the key that it is bound to (RFC 9449), if it is."""
        return str((self.claims.get("cnf") or {}).get("jkt", ""))

    @property
    def certificate(self) -> str:
        """The thumbprint of the certificate that it is bound to (RFC 8705), if it is."""
        return str((self.claims.get("cnf") or {}).get("x5t#S256", ""))


class HeldTokens:
    """Knows every token of the house: signed and opaque ones of sessions and of programs, and refresh tokens.

    Args:
        signed: checks a signed access token, whatever its audience.
        issuer: ``iss``.
        audience: the house's own.
        status_lists: the address under which the lists of the revocation feed lie, ending with a slash.
    """

    def __init__(
        self,
        store: Store,
        signed: Callable[[str], Principal],
        opaque: OpaqueTokens,
        sessions: Sessions,
        claims: SessionClaims,
        clock: Clock,
        *,
        issuer: str,
        audience: str,
        status_lists: str,
    ) -> None:
        self._store = store
        self._signed = signed
        self._opaque = opaque
        self._sessions = sessions
        self._claims = claims
        self._clock = clock
        self._issuer = issuer
        self._audience = audience
        self._status_lists = status_lists

    def find(self, text: str) -> HeldToken | None:
        """The token, if it is good now."""
        try:
            if text.startswith(REFRESH):
                return self._refresh_token(text)
            if text.startswith(OPAQUE):
                access = self._opaque.find(text)
                claims = self._opaque.claims(access)
                return HeldToken(
                    kind=TokenKind.ACCESS, claims=claims, live=access.live, digest=access.token.digest
                )
            if text.startswith(CLIENTS_OWN):
                return self._clients_own(text)
            return self._signed_token(text)
        except TokenError:
            return None

    def _signed_token(self, text: str) -> HeldToken | None:
        principal = self._signed(text)
        if principal.session_id is not None:
            live = self._sessions.caller(principal)
            return (
                None if live is None else HeldToken(kind=TokenKind.ACCESS, claims=principal.claims, live=live)
            )
        claims = principal.claims
        place = self._place(claims)
        if place is None:
            return None
        with self._store.look() as uow:
            grant = uow.client_grants.at(place)
        if grant is None or not grant.is_live(whole_seconds(self._clock)):
            return None
        if not grant.client_id == principal.subject == principal.client_id:
            return None
        return HeldToken(kind=TokenKind.ACCESS, claims=claims, grant=grant)

    def _place(self, claims: dict[str, Any]) -> StatusIndex | None:
        """Where the revocation feed tells of it: in claims that this server signed itself."""
        reference = (claims.get("status") or {}).get("status_list") or {}
        number = str(reference.get("uri", "")).removeprefix(self._status_lists)
        index = reference.get("idx")
        if not number.isascii() or not number.isdecimal() or not isinstance(index, int):
            return None
        return StatusIndex(int(number), index)

    def _clients_own(self, text: str) -> HeldToken | None:
        with self._store.look() as uow:
            found = uow.client_grants.find_token(digest(text))
        now = whole_seconds(self._clock)
        if found is None or found.token.expires_at <= now or not found.grant.is_live(now):
            return None
        return HeldToken(
            kind=TokenKind.ACCESS,
            claims=self._claims_of_client(found),
            grant=found.grant,
            digest=found.token.digest,
        )

    def _claims_of_client(self, access: ClientAccess) -> dict[str, Any]:
        token = access.token
        audience = token.terms.audience or (self._audience,)
        return {
            "iss": self._issuer,
            "sub": access.grant.client_id,
            "aud": audience[0] if len(audience) == 1 else list(audience),
            "exp": token.expires_at,
            "iat": token.issued_at,
            "client_id": access.grant.client_id,
            **({"scope": token.scope} if token.scope else {}),
            **bound_claims(token.terms),
        }

    def _refresh_token(self, text: str) -> HeldToken | None:
        """The good token of a family. One that was spent a moment ago is good for nothing new."""
        handle = RefreshHandle(Secret(text))
        with self._store.read() as uow:
            family = uow.refresh_tokens.find(handle.family)
            live = None if family is None else uow.sessions.with_user(family.session_id)
        now = whole_seconds(self._clock)
        if family is None or live is None or family.digest != handle.digest or family.expires_at <= now:
            return None
        if not live.session.is_live(now) or not live.user.is_enabled:
            return None
        issued_at = live.session.created_at if family.rotated_at is None else family.rotated_at
        claims = self._claims.of_refresh_token(live, issued_at=issued_at, expires_at=family.expires_at)
        return HeldToken(kind=TokenKind.REFRESH, claims=claims, live=live)
