"""See at a glance that claims are good, which is what nearly all claims are.

The checks in :mod:`gatepass.checks` are the law: they stand one by one, in order, each with its error. Running
them takes as long as a quarter of an RSA check, so claims of the usual shape are recognised first. What is not
recognised is not refused: it goes through the checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatepass.checks import CLOCK_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatepass.rules import Rules

_ALL_TEXT = {str}


def plainly_good(claims: Mapping[str, Any], rules: Rules, now: float) -> bool:
    """Tell whether every check would certainly pass at ``now`` (seconds since the epoch)."""
    get = claims.get
    exp = get("exp")
    iat = get("iat", 0)
    nbf = get("nbf", 0)
    sub = get("sub")
    aud = get(rules.audience_claim)
    return (
        # A boolean is an int to isinstance and none here; a float or a huge integer goes the long way.
        type(exp) is int
        and type(iat) is int
        and type(nbf) is int
        and now - rules.leeway < exp
        and iat <= now + CLOCK_TOLERANCE
        and nbf <= now
        # Equal to a string is only a string: every value here comes out of JSON.
        and get("iss") == rules.issuer
        and type(sub) is str
        and sub != ""
        and (
            aud in rules.audiences
            if type(aud) is str
            else type(aud) is list
            and set(map(type, aud)) == _ALL_TEXT
            and not rules.audiences.isdisjoint(aud)
        )
        and type(get("jti", "")) is str
        and type(get("client_id", "")) is str
        and type(get("sid", "")) is str
        and type(get("scope", "")) is str
        and rules.plain
        and ("cnf" not in claims or (type(claims["cnf"]) is dict and claims["cnf"] != {}))
    )
