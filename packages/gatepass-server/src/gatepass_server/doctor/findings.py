"""What a check says."""

from dataclasses import dataclass
from enum import StrEnum

from gatepass.errors import quote
from gatepass.terminal.paint import revealing


class Verdict(StrEnum):
    """How a check ended. ``SKIP`` is for what could not be looked at, or is not offered."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check.

    Attributes:
        check: Its name, which stays: programs may go by it.
        verdict: How it ended.
        found: What there was, in a sentence. Foreign text in it is ASCII on one line, and cut.
        advice: What to do; empty where nothing is.
    """

    check: str
    verdict: Verdict
    found: str
    advice: str = ""


def passed(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check, Verdict.PASS, found)


def warned(check: str, found: str, advice: str) -> Finding:
    """Some clients will stumble, or it is weaker than it could be."""
    return Finding(check, Verdict.WARN, found, advice)


def failed(check: str, found: str, advice: str) -> Finding:
    """Clients refuse it, or somebody can abuse it."""
    return Finding(check, Verdict.FAIL, found, advice)


def skipped(check: str, why: str) -> Finding:
    """There was nothing to look at."""
    return Finding(check, Verdict.SKIP, why)


def shown(value: object) -> str:
    """Show a foreign value in a sentence: in quotes, in ASCII, and cut."""
    return revealing(quote(value))
