"""The checks of a token's header and claims, in order, as data.

The verifier runs them and stops at the first failure; ``explain`` runs the same ones and reports them all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatepass.errors import (
    ExpiredTokenError,
    InvalidClaimsError,
    MalformedTokenError,
    NotYetValidError,
    UnsupportedAlgorithmError,
    WrongAudienceError,
    WrongIssuerError,
    WrongTypeError,
    list_of,
    quote,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gatepass.rules import Rules

CLOCK_TOLERANCE = 60
"""Seconds that ``iat`` may lie in the future besides the leeway: the clocks of two machines differ."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule applied to a token's header or claims.

    Attributes:
        name: The header parameter or claim it is about.
        apply: ``(facts, rules, now)``; raises a TokenError, or returns nothing.
        expected: ``(rules, now)`` to a phrase for people.
        concerns: ``(facts, rules)``: whether the check has anything to say; an explanation leaves it out
            otherwise.
    """

    name: str
    apply: Callable[[Mapping[str, Any], Rules, float], None]
    expected: Callable[[Rules, float], str]
    concerns: Callable[[Mapping[str, Any], Rules], bool] = lambda *_: True


def apply_all(checks: Iterable[Check], facts: Mapping[str, Any], rules: Rules, now: float) -> None:
    """Apply the checks in order; the first failure is raised as a TokenError."""
    for check in checks:
        check.apply(facts, rules, now)


# ---- header (RFC 7515 section 4.1) ----


def _algorithm(header: Mapping[str, Any], rules: Rules, _now: float) -> None:
    alg = header.get("alg")
    if not isinstance(alg, str):
        raise MalformedTokenError("the header has no alg that is a string")
    if alg not in rules.algorithms:
        raise UnsupportedAlgorithmError(f"alg {quote(alg)} is not one of {list_of(rules.algorithms)}")


def _type(header: Mapping[str, Any], rules: Rules, _now: float) -> None:
    if rules.types is None:
        return
    typ = header.get("typ")
    # Media types are compared without regard to case (RFC 2045 section 5.1), and only ASCII has a case here.
    if not isinstance(typ, str) or not typ.isascii() or typ.lower() not in rules.types:
        raise WrongTypeError(f"typ {quote(typ)} is not one of {list_of(rules.types)}")


def _critical(header: Mapping[str, Any], _rules: Rules, _now: float) -> None:
    # No extension is understood, so any crit must be refused (RFC 7515 section 4.1.11), and b64 (RFC 7797)
    # with it.
    for name in ("crit", "b64"):
        if name in header:
            raise MalformedTokenError(f"the header has {name}, and no extension is supported")


def _key_id(header: Mapping[str, Any], _rules: Rules, _now: float) -> None:
    if "kid" in header and not isinstance(header["kid"], str):
        raise MalformedTokenError("kid is not a string")


HEADER_CHECKS: Sequence[Check] = (
    Check("alg", _algorithm, lambda rules, _: f"one of {list_of(rules.algorithms)}"),
    Check("typ", _type, lambda rules, _: "any" if rules.types is None else f"one of {list_of(rules.types)}"),
    Check("crit", _critical, lambda *_: "absent"),
    Check("kid", _key_id, lambda *_: "a string, if present"),
)


# ---- claims (RFC 7519 section 4.1) ----


def _required(claims: Mapping[str, Any], name: str) -> Any:
    try:
        return claims[name]
    except KeyError:
        raise InvalidClaimsError(f"{name} is missing") from None


def _issuer(claims: Mapping[str, Any], rules: Rules, _now: float) -> None:
    iss = _required(claims, "iss")
    if not isinstance(iss, str):
        raise InvalidClaimsError("iss is not a string")
    if iss != rules.issuer:
        raise WrongIssuerError(f"iss is {quote(iss)}, not {quote(rules.issuer)}")


def _audience(claims: Mapping[str, Any], rules: Rules, _now: float) -> None:
    aud = _required(claims, rules.audience_claim)
    named = [aud] if isinstance(aud, str) else aud
    if not _is_list_of_text(named):
        raise InvalidClaimsError(f"{rules.audience_claim} is neither a string nor a list of strings")
    if rules.audiences.isdisjoint(named):
        found = quote(list_of(named))
        raise WrongAudienceError(
            f"{rules.audience_claim} is {found}, not one of {quote(list_of(rules.audiences))}"
        )


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _subject(claims: Mapping[str, Any], _rules: Rules, _now: float) -> None:
    sub = _required(claims, "sub")
    if not isinstance(sub, str) or not sub:
        raise InvalidClaimsError("sub is not a string with at least one character")


def _numeric_date(claims: Mapping[str, Any], name: str) -> float:
    """A NumericDate in seconds since the epoch (RFC 7519 section 2); JSON's ``true`` is not a number."""
    value = _required(claims, name)
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return value
    raise InvalidClaimsError(f"{name} is {quote(value)}, which is not a number of seconds")


# The claim always stands alone on its side of a comparison: Python compares an integer of any size with a
# float exactly, but adding the two overflows. Each comparison says what is accepted, so that no odd number slips by.
def _expiry(claims: Mapping[str, Any], rules: Rules, now: float) -> None:
    exp = _numeric_date(claims, "exp")
    if not now - rules.leeway < exp:
        raise ExpiredTokenError(f"exp is {exp}, now is {now:.0f}, leeway {rules.leeway:g} s")


def _not_before(claims: Mapping[str, Any], rules: Rules, now: float) -> None:
    if "nbf" in claims:
        nbf = _numeric_date(claims, "nbf")
        if not nbf <= now + rules.leeway:
            raise NotYetValidError(f"nbf is {nbf}, now is {now:.0f}, leeway {rules.leeway:g} s")


def _issued_at(claims: Mapping[str, Any], rules: Rules, now: float) -> None:
    if "iat" in claims:
        iat = _numeric_date(claims, "iat")
        if not iat <= now + rules.leeway + CLOCK_TOLERANCE:
            raise NotYetValidError(f"iat is {iat}, now is {now:.0f}: issued in the future")


def _scopes(claims: Mapping[str, Any], rules: Rules, _now: float) -> None:
    for name in rules.scope_claims:
        value = claims.get(name, "")
        if isinstance(value, str):
            continue
        # RFC 6749 section 3.3 knows one string; lists are what some issuers have in claims of their own.
        if name == "scope":
            raise InvalidClaimsError("scope is not a string")
        if not _is_list_of_text(value):
            raise InvalidClaimsError(f"{name} is neither a string nor a list of strings")


def _values(claims: Mapping[str, Any], rules: Rules, _now: float) -> None:
    for name, accepted in rules.required_claims.items():
        value = _required(claims, name)
        if not any(type(value) is type(one) and value == one for one in accepted):
            raise InvalidClaimsError(f"{name} is {quote(value)}, not {' or '.join(map(quote, accepted))}")


def _confirmation(claims: Mapping[str, Any], _rules: Rules, _now: float) -> None:
    if "cnf" in claims:
        cnf = claims["cnf"]
        # An empty one would look like a token that is bound and be one that is not (RFC 7800 section 3.1).
        if not isinstance(cnf, dict) or not cnf:
            raise InvalidClaimsError("cnf is not an object with at least one member")


def _text(name: str) -> Check:
    def apply(claims: Mapping[str, Any], _rules: Rules, _now: float) -> None:
        if name in claims and not isinstance(claims[name], str):
            raise InvalidClaimsError(f"{name} is not a string")

    return Check(name, apply, lambda *_: "a string, if present")


CLAIM_CHECKS: Sequence[Check] = (
    Check("iss", _issuer, lambda rules, _: f"exactly {quote(rules.issuer)}"),
    Check(
        "aud",
        _audience,
        lambda rules, _: (
            f"{'' if rules.audience_claim == 'aud' else rules.audience_claim + ' '}"
            f"one of {quote(list_of(rules.audiences))}"
        ),
    ),
    Check("sub", _subject, lambda *_: "a string with at least one character"),
    Check("exp", _expiry, lambda rules, now: f"after {now - rules.leeway:.0f}"),
    Check("nbf", _not_before, lambda rules, now: f"at most {now + rules.leeway:.0f}, if present"),
    Check(
        "iat",
        _issued_at,
        lambda rules, now: f"at most {now + rules.leeway + CLOCK_TOLERANCE:.0f}, if present",
    ),
    _text("jti"),
    _text("client_id"),
    _text("sid"),
    Check("scope", _scopes, lambda rules, _: f"{' or '.join(rules.scope_claims)}: words, if present"),
    Check("cnf", _confirmation, lambda *_: "an object", lambda claims, _: "cnf" in claims),
    Check(
        "required_claims",
        _values,
        lambda rules, _: (
            ", ".join(
                f"{name} {' or '.join(map(quote, accepted))}"
                for name, accepted in rules.required_claims.items()
            )
            or "none"
        ),
        lambda _, rules: bool(rules.required_claims),
    ),
)
