"""How quickly the issuer answers, seen from here."""

import statistics
from collections.abc import Iterator
from typing import Final

from gatepass.errors import plain
from gatepass_server.doctor.findings import Finding, passed, skipped, warned
from gatepass_server.doctor.subject import Subject

_SLOW: Final = 1.0


def check(subject: Subject) -> Iterator[Finding]:
    """All requests of the other checks, each on a connection of its own."""
    answered = [visit for visit in subject.visitor.visits if visit.status is not None]
    if not answered:
        yield skipped("speed", "Nothing was answered.")
        return
    middle = statistics.median(visit.seconds for visit in answered)
    slowest = max(answered, key=lambda visit: visit.seconds)
    found = (
        f"{len(answered)} answers took {middle * 1000:.0f} ms in the middle and {slowest.seconds * 1000:.0f} ms "
        "at most, with the time to connect."
    )
    if slowest.seconds > _SLOW:
        advice = "People wait for this at every sign-in: look at the network, the proxy and the load of the server."
        yield warned("speed", f"{found} The slowest: {plain(slowest.url)}.", advice)
    else:
        yield passed("speed", found)
