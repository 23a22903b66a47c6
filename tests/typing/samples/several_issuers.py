"""Verifiers of several issuers, whatever judges like a verifier, and what is told of it to metrics."""

from typing import assert_type

from gatepass import AccessTokenVerifier, Explanation, MultiIssuerVerifier, Observer, Principal, Verifier


class Counter:
    """An observer of somebody's own: nothing to inherit from."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    def count(self, event: str, seconds: float | None = None) -> None:
        """Count an event."""
        self.seen[event] = self.seen.get(event, 0) + (1 if seconds is None else 2)


def both(first: str, second: str) -> list[AccessTokenVerifier]:
    """Either kind is one of these."""
    observer: Observer = Counter()
    verifiers = [Verifier(name, audience="api", observer=observer) for name in (first, second)]
    several = MultiIssuerVerifier(verifiers)
    assert_type(several.issuers, tuple[str, ...])
    assert_type(several.clock(), float)
    assert_type(several.verify("token", scopes=["a"]), Principal)
    assert_type(several.explain("token"), Explanation)
    return [several, *verifiers]


async def judged(verifier: AccessTokenVerifier) -> None:
    """It has what both have."""
    assert_type(verifier.verify("token", confirmed={"jkt": "x"}), Principal)
    assert_type(await verifier.averify("token"), Principal)
