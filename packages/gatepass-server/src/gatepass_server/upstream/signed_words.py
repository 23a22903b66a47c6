"""What another house signs: ID tokens and log-out tokens, checked with the library and the house's published keys."""

from typing import Any

from gatepass import TokenError, Verifier, jose
from gatepass.checks import CLAIM_CHECKS, apply_all
from gatepass.errors import KeysUnavailableError
from gatepass.rules import make_rules
from gatepass_server.domain.clock import Clock
from gatepass_server.outbound.key_sets import keys_for
from gatepass_server.upstream.discovery import Discovery
from gatepass_server.upstream.errors import Unavailable, Untrusted

LEEWAY = 60
"""Seconds by which two clocks may differ."""

SENTENCE = "The answer of the other site could not be verified."


class SignedWords:
    """Checks them."""

    def __init__(self, discovery: Discovery, clock: Clock, *, client_id: str) -> None:
        self._discovery = discovery
        self._clock = clock
        self._client_id = client_id

    def claims(
        self, token: object, *, types: frozenset[str], needs_subject: bool = True
    ) -> tuple[dict[str, Any], str]:
        """The claims of a token for us, and its algorithm: signature, issuer, audience, times and type are right.

        Only public-key algorithms are taken, whatever the header says: neither ``none`` nor a shared secret.

        Args:
            token: as it came.
            types: which ``typ`` it may have, in lower case; an empty one is no ``typ`` at all.
            needs_subject: whether it must name a person; a log-out token may name a session alone.

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
            return self._verified(token, issuer, needs_subject=needs_subject), str(header.get("alg"))
        except KeysUnavailableError as error:
            raise Unavailable(
                "The other site cannot be reached at the moment.",
                reason=f"its keys cannot be had: {error.reason}",
            ) from None
        except TokenError as error:
            raise Untrusted(SENTENCE, reason=f"{error.code}: {error.reason}") from None

    def _verified(self, token: object, issuer: str, *, needs_subject: bool) -> dict[str, Any]:
        keys = self._discovery.key_source()
        if needs_subject or "sub" in jose.unproven_claims(token):
            verifier = Verifier(
                issuer,
                audience=self._client_id,
                keys=keys,
                leeway=LEEWAY,
                clock=self._clock,
                cache_size=0,
                types=None,
                status=None,
            )
            return verifier.verify(token).claims
        rules = make_rules(issuer, self._client_id, leeway=LEEWAY, types=None)
        unproven = jose.read(token, rules)
        jose.find_signer(unproven, keys_for(keys, unproven.kid, unproven.alg))
        claims = jose.decode_json(jose.decode_segment(unproven.payload, "payload"), "payload")
        apply_all(_BUT_SUBJECT, claims, rules, self._clock())
        return claims


_BUT_SUBJECT = tuple(check for check in CLAIM_CHECKS if check.name != "sub")
