"""The examples, their keys, and a verifier that knows one key and says what it thinks of a token.

None of the examples is an access token, so a verifier refuses each of them in the end: for its payload or its claims.
What counts here is told by ``explain``, which judges header and signature by themselves.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gatepass import Key, TokenError, Verifier, base64url
from gatepass.jwk import key_from_jwk
from gatepass.shared_secret import secret_key

DATA = Path(__file__).parent / "data"
RFC: dict[str, Any] = json.loads((DATA / "rfc_examples.json").read_text())
COOKBOOK: dict[str, Any] = {
    str(path.relative_to(DATA / "jose-cookbook").with_suffix("")): json.loads(path.read_text())
    for path in sorted((DATA / "jose-cookbook").rglob("*.json"))
}


def key_of(jwk: dict[str, Any]) -> Key:
    """The key of an example, a secret included."""
    if jwk["kty"] == "oct":
        return secret_key(base64url.decode(jwk["k"].encode()))
    return key_from_jwk(jwk)


def tokens_of(rfc: str, section: str = "", kind: str = "JWS") -> list[str]:
    """The tokens of an RFC's section."""
    return [
        entry["token"]
        for entry in RFC[rfc]["tokens"]
        if entry["kind"] == kind and entry["section"].startswith(section)
    ]


def jwk_of(rfc: str, section: str) -> dict[str, Any]:
    """The first key of an RFC's section."""
    found: dict[str, Any] = next(
        entry["jwk"] for entry in RFC[rfc]["jwks"] if entry["section"].startswith(section)
    )
    return found


class Only:
    """A source of one key, whatever a token calls it."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:  # noqa: ARG002 - the protocol's
        return [self._key]


def verifier_for(key: Key, *, issuer: str = "joe", now: float = 1_300_819_379) -> Verifier:
    """A verifier that takes any ``typ``; the clock shows the last second of most examples."""
    algorithms = key.algorithms
    return Verifier(
        issuer,
        audience="-",
        keys=Only(key),
        algorithms=algorithms,
        types=None,
        clock=lambda: now,
        cache_size=0,
    )


def agrees(token: str, key: Key) -> bool:
    """Whether header and signature are in order. Asserts that a refusal agrees with the explanation."""
    verifier = verifier_for(key)
    findings = verifier.explain(token).findings
    passed = {finding.name: finding.passed for finding in findings}
    names = ("form", "header", "alg", "typ", "crit", "kid", "signature")
    with pytest.raises(TokenError) as caught:
        verifier.verify(token)
    assert caught.value.code == next(finding.code for finding in findings if not finding.passed)
    return all(passed.get(name, False) for name in names)


def payload_of(token: str) -> bytes:
    """The decoded payload."""
    return base64url.decode(token.split(".")[1].encode())
