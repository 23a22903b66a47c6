"""Tokens of others whose word is taken for who a program acts for (RFC 7523 section 3)."""

from dataclasses import dataclass, field
from typing import Any

from gatepass import TokenError, jose
from gatepass.rules import make_rules
from gatepass_server.crypto.handles import digest
from gatepass_server.domain.clients import AssertionIssuer, Client
from gatepass_server.domain.clock import Clock
from gatepass_server.domain.errors import InvalidGrant
from gatepass_server.outbound.key_sets import KeySets, keys_for

LONGEST = 600
"""Seconds that an assertion may last: for so long its ``jti`` must be remembered."""

LEEWAY = 30
_LONGEST_NAME = 256
_TYPES = frozenset({"", "jwt", "authorization-grant+jwt"})
"""``typ``: none, the one that says nothing, or that of assertions: no access token is taken for one."""

_REFUSED = "The assertion does not hold."


@dataclass(frozen=True, slots=True)
class Assertion:
    """One that holds.

    Attributes:
        trusted: Whose it is.
        subject: Whom it is about.
        spent: What is remembered of it, so that it is good once.
        expires_at: Until when that must be, in seconds since the epoch.
    """

    trusted: AssertionIssuer
    subject: str
    spent: bytes = field(repr=False)
    expires_at: int


class Assertions:
    """Reads them.

    The audience is the issuer of this server and nothing else: nobody who is shown one can show it to another.
    """

    def __init__(self, key_sets: KeySets, clock: Clock, *, issuer: str) -> None:
        self._key_sets = key_sets
        self._clock = clock
        self._issuer = issuer

    def read(self, client: Client, text: str) -> Assertion:
        """The assertion, if it is of somebody whom this client's registration names.

        Raises:
            InvalidGrant: it is not, or does not hold (section 3.1).
        """
        try:
            name = jose.unproven_claims(text).get("iss")
            trusted = next((one for one in client.metadata.assertion_issuers if one.issuer == name), None)
            if trusted is None:
                raise InvalidGrant(_REFUSED, reason="its iss is none that this client may present")
            return self._judged(trusted, self._proved(trusted, text))
        except TokenError as error:
            raise InvalidGrant(_REFUSED, reason=f"{error.code}: {error.reason}") from None

    def _proved(self, trusted: AssertionIssuer, text: str) -> dict[str, Any]:
        rules = make_rules(trusted.issuer, self._issuer, types=None, leeway=LEEWAY)
        unproven = jose.read(text, rules)
        header = jose.decode_json(jose.decode_segment(unproven.header, "header"), "header")
        typ = str(header.get("typ", "")).lower().removeprefix("application/")
        if typ not in _TYPES:
            raise InvalidGrant(_REFUSED, reason="its typ is that of another kind of token")
        source = self._key_sets.of(jwks=trusted.jwks, jwks_uri=trusted.jwks_uri or None)
        keys = keys_for(source, unproven.kid, unproven.alg)
        return jose.prove(unproven, keys, rules, self._clock())[0]

    def _judged(self, trusted: AssertionIssuer, claims: dict[str, Any]) -> Assertion:
        if claims["aud"] not in (self._issuer, [self._issuer]):
            raise InvalidGrant(_REFUSED, reason="its aud names others beside this server")
        expires_at = claims["exp"]
        if expires_at > self._clock() + LONGEST + LEEWAY:
            raise InvalidGrant(_REFUSED, reason=f"it lasts longer than {LONGEST} seconds")
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_NAME:
            raise InvalidGrant(_REFUSED, reason="it has no jti, or one that is too long")
        return Assertion(
            trusted=trusted,
            subject=claims["sub"],
            spent=digest(f"assertion {trusted.issuer}\n{jti}"),
            expires_at=int(expires_at) + LEEWAY + 1,
        )
