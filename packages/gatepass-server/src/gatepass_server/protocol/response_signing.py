"""Answers that are signed, for programs that ask for it."""

from collections.abc import Mapping
from typing import Any

from gatepass_server.domain.clients import DEFAULT_ID_TOKEN_ALGORITHM, Client
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.keys.ring import KeyRing


class SignedResponses:
    """Signs answers for one program each, so that nobody can show them to another."""

    def __init__(self, ring: KeyRing, clock: Clock, *, issuer: str) -> None:
        self._ring = ring
        self._clock = clock
        self._issuer = issuer

    def sign(self, body: Mapping[str, Any], client: Client, *, algorithm: str, typ: str) -> str:
        """Sign an answer.

        Args:
            body: its members; ``iss``, ``aud`` and ``iat`` are added.
            client: whom it is for.
            algorithm: that the client is registered with; without one RS256, if there is such a key.
            typ: by which nobody takes it for anything else (RFC 8725 section 3.11).
        """
        now = whole_seconds(self._clock)
        claims = {**body, "iss": self._issuer, "aud": client.id, "iat": now}
        return self._ring.signer(algorithm or self._usual()).sign(claims, typ=typ)

    def _usual(self) -> str:
        known = self._ring.algorithms()
        return DEFAULT_ID_TOKEN_ALGORITHM if DEFAULT_ID_TOKEN_ALGORITHM in known else ""
