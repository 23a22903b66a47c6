"""The issuer's clock against the clock of this machine."""

from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from gatepass_server.doctor.findings import Finding, failed, passed, skipped, warned
from gatepass_server.doctor.subject import Subject
from gatepass_server.doctor.visitor import Visit

_NOTICEABLE: Final = 5.0
_HARMFUL: Final = 60.0
"""Seconds: what clients commonly let pass for ``iat`` and ``nbf``."""


def check(subject: Subject) -> Iterator[Finding]:
    """By the header Date of the quickest answer (RFC 9110 section 6.6.1)."""
    dated = [(visit, date) for visit in subject.visitor.visits if (date := _date(visit.headers)) is not None]
    if not dated:
        yield skipped("clock.skew", "No answer says when it was made.")
        return
    visit, date = min(dated, key=lambda pair: pair[0].seconds)
    ahead = _ahead(visit, date)
    if ahead == 0:
        yield passed("clock.skew", "The clocks of the issuer and of this machine agree.")
        return
    found = (
        f"The issuer's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this machine's."
    )
    advice = "Let both follow a time server (NTP): tokens are refused as not yet valid, or live too short or too long."
    if abs(ahead) > _HARMFUL:
        yield failed("clock.skew", found, advice)
    elif abs(ahead) > _NOTICEABLE:
        yield warned("clock.skew", found, advice)
    else:
        yield passed("clock.skew", found)


def _ahead(visit: Visit, date: float) -> float:
    """Seconds, as few as are certain: the header is cut to whole seconds, and was written during the request."""
    began = visit.ended_at - visit.seconds
    if date > visit.ended_at:
        return date - visit.ended_at
    return min(0.0, date + 1 - began)


def _date(headers: Mapping[str, str]) -> float | None:
    try:
        date = parsedate_to_datetime(headers["date"]).timestamp()
        age = int(headers.get("age", "0"))  # a cache's answer was made that long ago (RFC 9111 section 5.1)
    except (KeyError, ValueError, TypeError, OverflowError, IndexError, OSError):
        return None
    return date + age if 0 <= age < 10_000_000 else None
