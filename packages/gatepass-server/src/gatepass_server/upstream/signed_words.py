"""What another house signs: ID tokens and log-out tokens, checked with the library and the house's published keys."""

from typing import Any

from gatepass import TokenError, Verifier, jose
from gatepass_server.domain.clock import Clock
from gatepass_server.upstream.discovery import Discovery
from gatepass_server.upstream.errors import Untrusted

LEEWAY = 60
"""Seconds by which two clocks may differ."""

SENTENCE = "The answer of the other site could not be verified."


class SignedWords:
    """Checks them."""

    def __init__(self, discovery: Discovery, clock: Clock, *, client_id: str) -> None:
        self._discovery = discovery
        self._clock = clock
        self._client_id = client_id

    def claims(self, token: object, *, types: frozenset[str]) -> tuple[dict[str, Any], str]:
        """The claims of a token for us, and its algorithm: signature, issuer, audience, times and type are right.

        Only public-key algorithms are taken, whatever the header says: neither ``none`` nor a shared secret.

        Args:
            token: as it came.
            types: which ``typ`` it may have, in lower case; an empty one is no ``typ`` at all.

        Raises:
            Untrusted: something is not right.
            Unavailable: the keys cannot be had.
        """
        try:
            header = jose.decode_json(jose.decode_segment(jose.split(token)[1], "header"), "header")
            kind = header.get("typ", "")
            if not isinstance(kind, str) or kind.lower() not in types:
                raise Untrusted(SENTENCE, reason="the token is of another type")
            tenant = jose.unproven_claims(token).get("tid")
            issuer = self._discovery.issuer_of(tenant if isinstance(tenant, str) else "")
            if issuer is None:
                raise Untrusted(SENTENCE, reason="the token is of a tenant that is not let in")
            verifier = Verifier(
                issuer,
                audience=self._client_id,
                keys=self._discovery.key_source(),
                leeway=LEEWAY,
                clock=self._clock,
                cache_size=0,
                types=None,
                status=None,
            )
            return verifier.verify(token).claims, str(header.get("alg"))
        except TokenError as error:
            raise Untrusted(SENTENCE, reason=f"{error.code}: {error.reason}") from None
