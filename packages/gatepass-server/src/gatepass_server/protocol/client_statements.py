"""Tokens that programs sign about themselves with a registered key: assertions and request objects."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from gatepass import jose
from gatepass.checks import CLAIM_CHECKS, apply_all
from gatepass.errors import (
    InvalidClaimsError,
    NotYetValidError,
    UnsupportedAlgorithmError,
    WrongTypeError,
    quote,
)
from gatepass.keys import ASYMMETRIC_ALGORITHMS
from gatepass.rules import make_rules
from gatepass_server.domain.clients import FAPI_ALGORITHMS, Client
from gatepass_server.domain.clock import Clock
from gatepass_server.outbound.key_sets import KeySets, keys_for

LEEWAY = 10
"""Seconds that the clock of a program may be off."""

_FUTURE = 60
"""Seconds that a statement may come from the future, by ``iat``."""


@dataclass(frozen=True, slots=True)
class StatementKind:
    """One kind of statement.

    Attributes:
        types: The ``typ`` by which it is known, in lower case; ``JWT`` and none are taken as well, because that is
            what programs send, and the types of all other tokens are refused.
        claims: Those of RFC 7519 that it must have, beside ``iss`` and ``aud``.
    """

    types: Collection[str]
    claims: Collection[str] = ()


def algorithms(client: Client, named: str) -> tuple[str, ...]:
    """What a program may sign with: what it was registered with; never a secret, never nothing."""
    allowed = FAPI_ALGORITHMS if client.metadata.is_fapi else ASYMMETRIC_ALGORITHMS
    return tuple(algorithm for algorithm in allowed if named in {"", algorithm})


class ClientStatements:
    """Reads them.

    Args:
        key_sets: finds the registered keys of programs.
        issuer: whom they must be meant for.
    """

    def __init__(self, key_sets: KeySets, clock: Clock, *, issuer: str) -> None:
        self._key_sets = key_sets
        self._clock = clock
        self._issuer = issuer

    def read(self, client: Client, text: str, kind: StatementKind, *, algorithm: str) -> dict[str, Any]:
        """The claims of a statement, proved to be the program's own, for this server, and of now.

        Args:
            client: whose it must be (``iss``).
            text: a signed JWT.
            kind: what it must be.
            algorithm: what the program was registered with for this kind, or empty.

        Raises:
            TokenError: it does not hold, or the program's keys cannot be fetched.
        """
        allowed = algorithms(client, algorithm)
        if not allowed:
            raise UnsupportedAlgorithmError(f"client {client.id} is registered with {quote(algorithm)}")
        _check_type(text, kind)
        rules = make_rules(client.id, self._issuer, algorithms=allowed, types=None, leeway=LEEWAY)
        unproven = jose.read(text, rules)
        metadata = client.metadata
        source = self._key_sets.of(jwks=metadata.jwks, jwks_uri=metadata.jwks_uri or None)
        jose.find_signer(unproven, keys_for(source, unproven.kid, unproven.alg))
        claims = jose.decode_json(jose.decode_segment(unproven.payload, "payload"), "payload")
        self._check_claims(claims, kind, rules)
        return claims

    def _check_claims(self, claims: dict[str, Any], kind: StatementKind, rules: Any) -> None:
        now = self._clock()
        wanted = {
            "iss",
            "aud",
            *kind.claims,
            *(name for name in ("exp", "nbf", "iat", "jti") if name in claims),
        }
        for name in kind.claims:
            if name not in claims:
                raise InvalidClaimsError(f"{name} is missing")
        apply_all((check for check in CLAIM_CHECKS if check.name in wanted), claims, rules, now)
        if claims.get("iat", 0) > now + _FUTURE:
            raise NotYetValidError(f"iat is {quote(claims['iat'])}, now is {now:.0f}")


def _check_type(text: str, kind: StatementKind) -> None:
    header = jose.decode_json(jose.decode_segment(jose.split(text)[1], "header"), "header")
    typ = header.get("typ", "JWT")
    name = typ.lower().removeprefix("application/") if isinstance(typ, str) and typ.isascii() else ""
    if name not in {"jwt", *kind.types}:
        raise WrongTypeError(f"typ {quote(typ)} is none of JWT, {', '.join(kind.types)}")
