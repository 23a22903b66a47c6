"""Verifiers and what they return."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_type

from gatepass import Explanation, Finding, Principal, Verifier
from gatepass.options import VerifierOptions
from gatepass.status import StatusPolicy

NAMES: VerifierOptions = {"leeway": 5, "cache_size": 0, "types": None, "clock": lambda: 0.0}


def made(jwks: dict[str, Any], frozen: Mapping[str, object]) -> list[Verifier]:
    """Every way of making one."""
    return [
        Verifier("https://issuer.test", audience="api"),
        Verifier("https://issuer.test", audience=["api", "other"], algorithms=("RS256",), leeway=1.5),
        Verifier("https://issuer.test", audience=("api",), clock=lambda: 1, cache_size=10, types=["at+jwt"]),
        Verifier("https://issuer.test", audience="api", **NAMES),
        Verifier("https://issuer.test", audience="api", status=StatusPolicy(max_stale=60, required=True)),
        Verifier("https://issuer.test", audience="api", status=None, required_claims={"tid": ("a", "b")}),
        Verifier("https://issuer.test", audience="api", audience_claim="azp", scope_claims=["scp", "roles"]),
        Verifier.from_pem("key.pem", issuer="i", audience="a", algorithms=["ES256"]),
        Verifier.from_pem(Path("key.pem"), issuer="i", audience="a", leeway=1),
        Verifier.from_pem(b"-----BEGIN", issuer="i", audience=["a"]),
        Verifier.from_jwks(jwks, issuer="i", audience="a", types=None),
        Verifier.from_jwks(frozen, issuer="i", audience="a", cache_size=0),
        Verifier.from_secret("secret", issuer="i", audience="a"),
        Verifier.from_secret(b"secret", issuer="i", audience="a", algorithms=["HS512"]),
    ]


class StrictVerifier(Verifier):
    """One of somebody's own."""


assert_type(StrictVerifier.from_secret("secret", issuer="i", audience="a"), StrictVerifier)


def verified(verifier: Verifier, token: str | None) -> Principal:
    """A principal and the types of what it has."""
    principal = verifier.verify(token, scopes=["orders:read"])
    assert_type(principal, Principal)
    assert_type(principal.subject, str)
    assert_type(principal.issuer, str)
    assert_type(principal.audience, tuple[str, ...])
    assert_type(principal.scopes, frozenset[str])
    assert_type(principal.expires_at, float)
    assert_type(principal.client_id, str | None)
    assert_type(principal.session_id, str | None)
    assert_type(principal.token_id, str | None)
    assert_type(principal.claims, dict[str, Any])
    assert_type(principal.require({"orders:write"}), None)
    verifier.verify(b"anything", scopes=frozenset({"a"}))
    verifier.verify(token, scopes="a b", confirmed={"jkt": "thumbprint"})
    return principal


async def awaited(verifier: Verifier, token: str) -> None:
    """The same beside an event loop."""
    assert_type(await verifier.averify(token, scopes=("a",)), Principal)


def explained(verifier: Verifier) -> list[str]:
    """Every check in words."""
    explanation = verifier.explain("token")
    assert_type(explanation, Explanation)
    assert_type(explanation.accepted, bool)
    assert_type(explanation.code, str)
    assert_type(explanation.findings, list[Finding])
    assert_type(str(explanation), str)
    for finding in explanation.findings:
        assert_type((finding.name, finding.expected, finding.found, finding.code), tuple[str, str, str, str])
        assert_type(finding.passed, bool)
    return [finding.name for finding in explanation.findings]
