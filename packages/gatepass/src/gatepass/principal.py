"""The verified caller."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import msgspec

from gatepass.errors import InsufficientScopeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_decode = msgspec.json.Decoder().decode
_blank = object.__new__


@dataclass(frozen=True, kw_only=True)
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
    def from_claims(
        cls,
        claims: Mapping[str, Any],
        payload: bytes | None = None,
        audience_claim: str = "aud",
        scope_claims: tuple[str, ...] = ("scope",),
    ) -> Self:
        """Build a principal from claims that were checked already.

        Args:
            claims: The claims; ``sub``, ``iss``, ``exp`` and the audience must be there.
            payload: The same claims as JSON, where they are at hand.
            audience_claim: The claim that names the audience.
            scope_claims: The claims that hold scopes.
        """
        get = claims.get
        audience = claims[audience_claim]
        principal = _blank(cls)
        # The generated __init__ of a frozen class takes several times as long; a principal is made for every token.
        facts = principal.__dict__
        facts["subject"] = claims["sub"]
        facts["issuer"] = claims["iss"]
        facts["audience"] = (audience,) if isinstance(audience, str) else tuple(audience)
        facts["scopes"] = _scopes(claims, scope_claims)
        facts["expires_at"] = claims["exp"]
        facts["client_id"] = get("client_id")
        facts["session_id"] = get("sid")
        facts["token_id"] = get("jti")
        facts["_payload"] = msgspec.json.encode(claims) if payload is None else payload
        return principal

    @property
    def claims(self) -> dict[str, Any]:
        """All claims of the token: a new dictionary at every access, so changing it changes nothing here."""
        claims: dict[str, Any] = _decode(self._payload)
        return claims

    @property
    def authenticated_at(self) -> float | None:
        """``auth_time``, when the user last signed in, in seconds since the epoch (RFC 9068 section 2.2.1)."""
        value = self.claims.get("auth_time")
        return value if type(value) in {int, float} else None

    @property
    def authentication_context(self) -> str | None:
        """``acr``, how strongly the user signed in (RFC 9068 section 2.2.1)."""
        value = self.claims.get("acr")
        return value if isinstance(value, str) else None

    def require(self, scopes: Iterable[str]) -> None:
        """Demand scopes, all of them.

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

    def require_any(self, scopes: Iterable[str]) -> None:
        """Demand at least one of some scopes.

        Raises:
            TypeError: One of them is not a string.
            InsufficientScopeError: None of them is granted.
        """
        wanted = tuple(scopes)
        if not all(isinstance(scope, str) for scope in wanted):
            raise TypeError("A scope is a string.")
        if self.scopes.isdisjoint(wanted):
            raise InsufficientScopeError(f"none granted of: {' '.join(wanted)}", required=wanted)


_NONE: frozenset[str] = frozenset()
_NO_WORD = frozenset({""})


def _scopes(claims: Mapping[str, Any], names: tuple[str, ...]) -> frozenset[str]:
    found = _NONE
    for name in names:
        value = claims.get(name, "")
        # Split at blanks and nothing else (RFC 6749 section 3.3): a tab is part of a word.
        words = frozenset(value.split(" ") if isinstance(value, str) else value)
        found = found | words if found else words
    return found - _NO_WORD if "" in found else found
