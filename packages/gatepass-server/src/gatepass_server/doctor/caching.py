"""How long caches keep what is public (RFC 9111)."""

import re
from collections.abc import Iterator
from typing import Final

from gatepass_server.doctor.findings import Finding, passed, shown, skipped, warned
from gatepass_server.doctor.subject import Subject
from gatepass_server.doctor.visitor import Visit

_MAX_AGE: Final = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_DAY: Final = 86_400


def check(subject: Subject) -> Iterator[Finding]:
    """The metadata and the key set."""
    for name, visit in (("metadata", _first(subject)), ("keys", subject.key_set)):
        if visit is None or visit.answer is None:
            yield skipped(f"caching.{name}", f"There is no answer of the {name} to look at.")
        else:
            yield _lifetime(name, visit)


def _first(subject: Subject) -> Visit | None:
    return next((visit for visit in subject.documents.values() if visit.answer is not None), None)


def _lifetime(name: str, visit: Visit) -> Finding:
    said = visit.headers.get("cache-control", "")
    found = _MAX_AGE.search(said)
    seconds = int(found[1]) if found else None
    if "no-store" in said.lower() or seconds == 0:
        advice = "Let it be kept for some minutes (Cache-Control: public, max-age=300): it is public, and asked often."
        return warned(f"caching.{name}", f"The {name} must not be kept: {shown(said)}.", advice)
    if seconds is None:
        advice = "Say how long it may be kept (Cache-Control: public, max-age=300): caches guess otherwise."
        return warned(f"caching.{name}", f"The {name} do not say how long they may be kept.", advice)
    if seconds > _DAY:
        advice = (
            "Keep it to a day at most: clients go on with an old key, or without the new one, for as long."
        )
        return warned(f"caching.{name}", f"The {name} may be kept for {seconds} seconds.", advice)
    return passed(f"caching.{name}", f"The {name} may be kept for {seconds} seconds.")
