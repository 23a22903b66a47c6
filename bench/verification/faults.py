"""Tokens that should be refused, to see which checks a contender makes at all: speed without them is no feat."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from bench.verification.tokens import Material, base64url, claims, compact

HOUR = 3600


def faulty(material: Material) -> dict[str, str]:
    """A token for each fault, which is its only one; all but the first two are signed by the right key."""
    good = material.tokens[0]
    signing_input, _, signature = good.rpartition(".")
    unsigned = base64url(compact({"alg": "none"})).decode()
    now = int(time.time())
    doubled = compact(claims())[:-1] + b',"sub":"somebody-else"}'

    def claiming(**changes: Any) -> str:
        changed = {**claims(), **changes}
        kept = {name: value for name, value in changed.items() if value is not None}
        return material.token(material.header, compact(kept))

    def headed(**changes: Any) -> str:
        return material.token({**material.header, **changes}, compact(claims()))

    return {
        "a forged signature": f"{signing_input}.{_other(signature)}",
        "alg none": ".".join((unsigned, good.split(".")[1], "")),
        "another alg": headed(alg="RS512" if material.lane.alg != "RS512" else "RS256"),
        "expired": claiming(exp=now - HOUR),
        "not yet valid": claiming(nbf=now + HOUR),
        "issued in the future": claiming(iat=now + HOUR),
        "another issuer": claiming(iss="https://auth.example.com.evil.example"),
        "another audience": claiming(aud="https://other.example.com"),
        "no exp": claiming(exp=None),
        "no iss": claiming(iss=None),
        "no aud": claiming(aud=None),
        "no sub": claiming(sub=None),
        "a sub that is a number": claiming(sub=7),
        "another typ": headed(typ="JWT"),
        "an unknown crit": headed(crit=["b7e"], b7e=True),
        "a doubled claim": material.token(material.header, doubled),
    }


def accepted(check: Callable[[str], Mapping[str, Any]], tokens: Mapping[str, str]) -> list[str]:
    """The faults that a contender does not see, by their names."""
    return [fault for fault, token in tokens.items() if _accepts(check, token)]


def _accepts(check: Callable[[str], Mapping[str, Any]], token: str) -> bool:
    try:
        check(token)
    except Exception:  # noqa: BLE001 - each library refuses by errors of its own, and some by any error at all
        return False
    return True


def _other(signature: str) -> str:
    """The same signature with one character in its middle changed."""
    middle = len(signature) // 2
    return signature[:middle] + ("B" if signature[middle] == "A" else "A") + signature[middle + 1 :]
