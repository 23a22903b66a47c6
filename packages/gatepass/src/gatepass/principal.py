"""The verified caller."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import msgspec

from gatepass.errors import InsufficientScopeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is calling, as a verified token says.

    Attributes:
        subject: ``sub``, who the token is about.
        issuer: ``iss``, who signed it.
        audience: ``aud``, whom it is meant for.
        scopes: ``scope``, split at its blanks (RFC 6749 section 3.3).
        expires_at: ``exp``, in seconds since the epoch.
        client_id: The program that acts for the subject (RFC 9068 section 2.2), if named.
        session_id: ``sid``, the session the token belongs to, if named.
        token_id: ``jti``, the token's own name, if it has one.
    """

    subject: str
    issuer: str
    audience: tuple[str, ...]
    scopes: frozenset[str]
    expires_at: float
    client_id: str | None = None
    session_id: str | None = None
    token_id: str | None = None
    _payload: bytes = field(default=b"{}", repr=False)

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any], payload: bytes | None = None) -> Self:
        """Build a principal from claims that were checked already.

        Args:
            claims: The claims; ``sub``, ``iss``, ``aud`` and ``exp`` must be there.
            payload: The same claims as JSON, where they are at hand.
        """
        audience = claims["aud"]
        return cls(
            subject=claims["sub"],
            issuer=claims["iss"],
            audience=(audience,) if isinstance(audience, str) else tuple(audience),
            scopes=frozenset(scope for scope in claims.get("scope", "").split(" ") if scope),
            expires_at=claims["exp"],
            client_id=claims.get("client_id"),
            session_id=claims.get("sid"),
            token_id=claims.get("jti"),
            _payload=msgspec.json.encode(claims) if payload is None else payload,
        )

    @property
    def claims(self) -> dict[str, Any]:
        """All claims of the token: a new dictionary at every access, so changing it changes nothing here."""
        claims: dict[str, Any] = msgspec.json.decode(self._payload)
        return claims

    def require(self, scopes: Iterable[str]) -> None:
        """Demand scopes.

        Raises:
            TypeError: One of them is not a string.
            InsufficientScopeError: At least one of them is not granted.
        """
        wanted = tuple(scopes)
        missing = [scope for scope in wanted if scope not in self.scopes]
        if missing:
            if not all(isinstance(scope, str) for scope in missing):
                raise TypeError("A scope is a string.")
            raise InsufficientScopeError(f"not granted: {' '.join(missing)}", required=wanted)
