"""Tell in words what is right and wrong with a token."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from gatepass import jose
from gatepass.checks import CLAIM_CHECKS, HEADER_CHECKS, Check
from gatepass.errors import TokenError, quote
from gatepass.sources import FetchingKeySource, KeySource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatepass.revocation import Revocations
    from gatepass.rules import Rules

T = TypeVar("T")

_DATES = frozenset({"exp", "nbf", "iat"})


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check.

    Attributes:
        name: What was looked at.
        passed: Whether it is in order.
        expected: What it should be.
        found: What it is.
        code: The code of the error that ``verify`` would raise; empty where the check passed.
    """

    name: str
    passed: bool
    expected: str
    found: str
    code: str = ""


@dataclass(slots=True)
class Explanation:
    """Every check that was made of a token, in order. It never holds the signature.

    Attributes:
        findings: One for each check. When the form of the token is broken, the checks that need it are not
            made.
    """

    findings: list[Finding] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether ``verify`` would accept the token now."""
        return all(finding.passed for finding in self.findings)

    @property
    def code(self) -> str:
        """The code of the first failure; empty where there is none."""
        return next((finding.code for finding in self.findings if not finding.passed), "")

    def __str__(self) -> str:
        width = max(len(finding.name) for finding in self.findings)
        lines = [f"The token is {'accepted' if self.accepted else 'refused: ' + self.code}."]
        for finding in self.findings:
            mark = "ok  " if finding.passed else "FAIL"
            lines.append(
                f"  {mark}  {finding.name:<{width}}  expected {finding.expected}; found {finding.found}"
            )
        return "\n".join(lines)

    def attempt(self, name: str, expected: str, step: Callable[[], T], show: Callable[[T], str]) -> T | None:
        """Run a step and note how it went; ``None`` when it failed."""
        try:
            value = step()
        except TokenError as error:
            self.findings.append(Finding(name, False, expected, error.reason or str(error), error.code))
            return None
        self.findings.append(Finding(name, True, expected, show(value)))
        return value


def explain(
    token: object, rules: Rules, source: KeySource, now: float, revocations: Revocations
) -> Explanation:
    """Run every check on a token and note the outcome of each; may fetch keys, and raises nothing."""
    report = Explanation()
    segments = report.attempt(
        "form",
        f"three segments, at most {jose.MAX_TOKEN_LENGTH} characters",
        lambda: jose.split(token),
        lambda parts: f"three segments, {len(parts[0]) + 1 + len(parts[3])} characters",
    )
    if segments is None:
        return report
    header = _open(report, "header", segments[1])
    if header is not None:
        _run(report, HEADER_CHECKS, header, rules, now)
        _signature(report, segments, header, rules, source)
    claims = _open(report, "payload", segments[2])
    if claims is not None:
        judge_claims(report, claims, rules, now)
        _status(report, claims, revocations)
    return report


def judge_claims(report: Explanation, claims: Mapping[str, Any], rules: Rules, now: float) -> None:
    """Run every check of claims and note the outcome of each."""
    _run(report, CLAIM_CHECKS, claims, rules, now)


def _open(report: Explanation, name: str, segment: bytes) -> Mapping[str, Any] | None:
    return report.attempt(
        name,
        "a JSON object in base64url",
        lambda: jose.decode_json(jose.decode_segment(segment, name), name),
        lambda members: ", ".join(quote(member) for member in members) or "an empty object",
    )


def _run(
    report: Explanation, checks: Sequence[Check], facts: Mapping[str, Any], rules: Rules, now: float
) -> None:
    for check in checks:
        if check.concerns(facts, rules):
            names = _members(check.name, rules)
            report.attempt(
                check.name,
                check.expected(rules, now),
                lambda check=check: check.apply(facts, rules, now),  # type: ignore[misc] # mypy cannot infer a default
                lambda _, names=names: _found_all(facts, names),  # type: ignore[misc] # the same
            )


def _members(name: str, rules: Rules) -> Sequence[str]:
    """The claims that a check looks at."""
    if name == "aud":
        return (rules.audience_claim,)
    if name == "scope":
        return rules.scope_claims
    return tuple(rules.required_claims) if name == "required_claims" else (name,)


def _found_all(facts: Mapping[str, Any], names: Sequence[str]) -> str:
    if len(names) == 1:
        return _found(facts, names[0])
    return ", ".join(f"{name} {_found(facts, name)}" for name in names)


def _status(report: Explanation, claims: Mapping[str, Any], revocations: Revocations) -> None:
    """Ask after the status, but only of a token that is good otherwise: a forged one must not cause a fetch."""
    if "status" not in claims:
        return

    def ask() -> str:
        reference = revocations.reference_of(claims)
        if reference is None:
            return "a status, which this verifier does not follow"
        if revocations.due(reference):
            revocations.refresh(reference)
        revocations.check(reference)
        return "not revoked"

    if report.accepted:
        report.attempt("status", "not revoked", ask, str)
    else:
        report.findings.append(
            Finding("status", False, "not revoked", "not asked: the token is refused", report.code)
        )


def _found(facts: Mapping[str, Any], name: str) -> str:
    if name not in facts:
        return "nothing"
    value = facts[name]
    if name in _DATES:
        try:
            return f"{value} ({dt.datetime.fromtimestamp(value, dt.UTC):%Y-%m-%d %H:%M:%S} UTC)"
        except (ValueError, OverflowError, OSError):
            pass
    if isinstance(value, list):
        return (
            ", ".join(quote(item) for item in value[:8]) + (", ..." if len(value) > 8 else "")
            or "an empty list"
        )
    return quote(value)


def _signature(
    report: Explanation,
    segments: tuple[bytes, ...],
    header: Mapping[str, Any],
    rules: Rules,
    source: KeySource,
) -> None:
    def prove() -> str:
        unproven = jose.read((segments[0] + b"." + segments[3]).decode("ascii"), rules)
        if isinstance(source, FetchingKeySource) and source.due(unproven.kid, unproven.alg):
            source.refresh(unproven.kid, unproven.alg)
        return repr(jose.find_signer(unproven, source.find(unproven.kid, unproven.alg)))

    if not report.accepted:
        report.findings.append(
            Finding(
                "signature",
                False,
                "a match with a known key",
                "not checked: the header is refused",
                report.code,
            )
        )
        return
    kid = quote(header.get("kid"))
    report.attempt("signature", f"a match with the key {kid}", prove, lambda key: f"a match with {key}")
