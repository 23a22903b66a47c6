"""A signed list, and how it is judged (draft-ietf-oauth-status-list-21 sections 5.1 and 8.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gatepass import jose
from gatepass.checks import CLAIM_CHECKS, HEADER_CHECKS, apply_all
from gatepass.errors import InvalidClaimsError, MalformedTokenError, quote
from gatepass.rules import Rules
from gatepass.sources import FetchingKeySource
from gatepass.status.bits import StatusArray, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepass.keys import Key
    from gatepass.sources import KeySource

LIST_TYPES: Final = frozenset({"statuslist+jwt", "application/statuslist+jwt"})
"""The ``typ`` of a signed list: no other token of the issuer passes for one, nor a list for another token."""

_CHECKS: Final = {check.name: check.apply for check in CLAIM_CHECKS}


@dataclass(frozen=True, slots=True)
class SignedList:
    """A list whose signature and claims are in order.

    Attributes:
        statuses: What it tells.
        issued: ``iat``, in seconds since the epoch.
        expires: ``exp``, if it has one.
        ttl: Seconds for which it may be kept, if it says so.
        kid: The key that its header names, if it does.
        key: The key whose signature matched.
        alg: With which algorithm.
    """

    statuses: StatusArray
    issued: float
    expires: float | None
    ttl: float | None
    kid: str | None
    key: Key
    alg: str


class ListReader:
    """Judges signed lists as strictly as tokens, with the keys of the issuer.

    Args:
        issuer: The ``iss`` of lists that have one.
        keys: The issuer's keys.
        algorithms: The accepted ``alg`` values.
        limit: Bytes of a list when unpacked.
    """

    def __init__(self, issuer: str, keys: KeySource, algorithms: frozenset[str], limit: int) -> None:
        self._rules = Rules(
            issuer=issuer, audiences=frozenset(), algorithms=algorithms, types=LIST_TYPES, leeway=0
        )
        self._keys = keys
        self._limit = limit

    def read(self, body: bytes, uri: str, now: float) -> SignedList:
        """Judge a signed list that was fetched from ``uri``. May fetch keys, which blocks.

        Args:
            body: A JWS in compact form (RFC 7515 section 7.1).
            uri: The ``sub`` that it must have, character by character.
            now: Seconds since the epoch.

        Raises:
            TokenError: The first check that failed.
        """
        unproven = self._unproven(body)
        key = jose.find_signer(unproven, self.keys_for(unproven.kid, unproven.alg))
        claims = jose.decode_json(jose.decode_segment(unproven.payload, "payload"), "payload")
        self._check_claims(claims, uri, now)
        return SignedList(
            statuses=self._unpacked(claims),
            issued=claims["iat"],
            expires=claims.get("exp"),
            ttl=_ttl(claims),
            kid=unproven.kid,
            key=key,
            alg=unproven.alg,
        )

    def keys_for(self, kid: str | None, alg: str) -> Sequence[Key]:
        """The keys that may have signed such a list. May fetch them, which blocks.

        Raises:
            KeysUnavailableError: There are none, and there should be.
        """
        if isinstance(self._keys, FetchingKeySource) and self._keys.due(kid, alg):
            self._keys.refresh(kid, alg)
        return self._keys.find(kid, alg)

    def _unproven(self, body: bytes) -> jose.Unproven:
        segments = body.split(b".", 3)
        if len(segments) != 3:
            raise MalformedTokenError("not a JWS in compact form")
        first, second, third = segments
        header = jose.decode_json(jose.decode_segment(first, "header"), "header")
        apply_all(HEADER_CHECKS, header, self._rules, 0)
        return jose.Unproven(
            header=first,
            alg=header["alg"],
            kid=header.get("kid"),
            signing_input=first + b"." + second,
            payload=second,
            signature=jose.decode_segment(third, "signature"),
        )

    def _check_claims(self, claims: dict[str, Any], uri: str, now: float) -> None:
        if claims.get("sub") != uri:
            raise InvalidClaimsError(f"sub is {quote(claims.get('sub'))}, not {quote(uri)}")
        if "iat" not in claims:
            raise InvalidClaimsError("iat is missing")
        # Whoever is not named in aud must refuse (RFC 7519 section 4.1.3), and nobody has a name here.
        if "aud" in claims:
            raise InvalidClaimsError("aud is there, and a list is for everybody")
        for name in ("iss", "iat", "nbf", "exp"):
            if name in claims:
                _CHECKS[name](claims, self._rules, now)

    def _unpacked(self, claims: dict[str, Any]) -> StatusArray:
        listed = claims.get("status_list")
        if not isinstance(listed, dict):
            raise InvalidClaimsError("status_list is not an object")
        try:
            return unpack(listed.get("bits"), listed.get("lst"), self._limit)
        except ValueError as error:
            raise InvalidClaimsError(f"status_list: {error}") from None


def _ttl(claims: dict[str, Any]) -> float | None:
    ttl = claims.get("ttl")
    if "ttl" not in claims:
        return None
    if isinstance(ttl, bool) or not isinstance(ttl, (int, float)) or not ttl > 0:
        raise InvalidClaimsError(f"ttl is {quote(ttl)}, which is not a positive number of seconds")
    return ttl
