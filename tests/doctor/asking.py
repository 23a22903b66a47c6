"""Examine an issuer, and find a finding."""

from collections.abc import Callable
from pathlib import Path

from gatepass_server.doctor import Finding, Verdict, examine
from gatepass_server.doctor.visitor import Visitor


class Report:
    """All that was found, by the names of the checks."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings

    def all(self, verdict: Verdict) -> list[Finding]:
        return [finding for finding in self.findings if finding.verdict is verdict]

    def one(self, check: str) -> Finding:
        """The worst finding of a check."""
        found = [finding for finding in self.findings if finding.check == check]
        assert found, sorted({finding.check for finding in self.findings})
        return min(found, key=lambda finding: ["fail", "warn", "pass", "skip"].index(finding.verdict))

    def names(self, verdict: Verdict) -> set[str]:
        return {finding.check for finding in self.all(verdict)}


def look_at(
    issuer: str,
    *,
    ca_file: Path | None = None,
    seconds: float = 20,
    clock: Callable[[], float] | None = None,
) -> Report:
    """Run every check."""
    visitor = (
        Visitor(seconds, ca_file=ca_file) if clock is None else Visitor(seconds, ca_file=ca_file, clock=clock)
    )
    findings = [finding for group in examine(issuer, visitor) for finding in group.findings]
    for finding in findings:
        assert finding.found.isascii()
        assert finding.found.isprintable()
        assert len(finding.found) < 600
        assert bool(finding.advice) == (finding.verdict in {Verdict.WARN, Verdict.FAIL}), finding
    return Report(findings)
