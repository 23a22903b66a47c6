"""ID tokens of ours that a program sends back (OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2)."""

from typing import Any

from gatepass import TokenError, jose
from gatepass.rules import make_rules
from gatepass_server.domain.clock import Clock
from gatepass_server.keys.ring import KeyRing
from gatepass_server.protocol.errors import InvalidRequest
from gatepass_server.protocol.id_tokens import TYPE


class IdTokenHints:
    """Reads them. They may have expired: they say who is meant, and prove nothing about now."""

    def __init__(self, ring: KeyRing, clock: Clock, *, issuer: str) -> None:
        self._ring = ring
        self._clock = clock
        self._issuer = issuer

    def subject(self, token: str) -> str:
        """See ``Hints.subject``."""
        subject: str = self.claims(token)["sub"]
        return subject

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of an ID token that this server signed, expired or not.

        Raises:
            InvalidRequest: it is none of ours, or its key has left the ring.
        """
        try:
            said = jose.unproven_claims(token)
            audience, expiry = said.get("aud"), said.get("exp")
            if not isinstance(audience, str) or not audience or not isinstance(expiry, int | float):
                raise InvalidRequest(
                    "The id_token_hint is no ID token of this server.", reason="no aud or exp"
                )
            # Judged as of a moment at which it had not expired yet.
            rules = make_rules(self._issuer, audience, types=[TYPE])
            unproven = jose.read(token, rules)
            keys = self._ring.find(unproven.kid, unproven.alg)
            claims, _, _ = jose.prove(unproven, keys, rules, min(self._clock(), expiry - 1))
        except TokenError as error:
            raise InvalidRequest(
                "The id_token_hint is no ID token of this server.", reason=error.code
            ) from None
        return dict(claims)
