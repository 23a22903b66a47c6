"""Sources of keys: an issuer, an address, a file."""

from pathlib import Path
from typing import assert_type

from gatepass import DPoP, FileKeys, IssuerKeys, JwksAddressKeys, Principal, Verifier, VerifierOptions


class Counter:
    """An observer of somebody's own."""

    last: tuple[str, float | None] = ("", None)

    def count(self, event: str, seconds: float | None = None) -> None:
        """Count an event."""
        self.last = (event, seconds)


def from_everywhere(options: VerifierOptions) -> Principal:
    """A verifier for each source."""
    issuer = "https://issuer.test"
    Verifier(issuer, audience="a", keys=IssuerKeys(issuer, max_age=60, snapshot=Path("keys.json")))
    Verifier(issuer, audience="a", keys=JwksAddressKeys("https://issuer.test/keys"), observer=Counter())
    verifier = Verifier(issuer, audience="a", keys=FileKeys("keys.json"), **options)
    DPoP(max_age=60)
    principal = verifier.verify("token", confirmed={"jkt": "thumbprint"})
    assert_type(principal, Principal)
    return principal
