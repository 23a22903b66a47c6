"""What callers of an API feel while the issuer of its tokens is in trouble: the slowest of their checks."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle

from bench.report import Aim, note, show
from gatepass import Key, Signer, TokenError, Verifier
from gatepass.discovery import IssuerKeys
from tests.outage.site import TROUBLES, Site

_AUDIENCE = "https://api.example.com"
_INTERVAL = 0.25
"""Seconds: keys are old after as long, and fetched no more often; much more often than by default."""
_TIMEOUT = 0.5
_KILLED = "killed"
_REPLACED = "somebody else's keys"


@dataclass
class Checks:
    """Checks of one stretch of time.

    Attributes:
        microseconds: How long each took by the wall clock.
        refused: How many failed; every token is valid.
        fetches: How often fetching keys was tried meanwhile.
        seconds: How long the stretch was.
    """

    microseconds: list[float] = field(default_factory=list)
    refused: int = 0
    fetches: int = 0
    seconds: float = 0.0

    def slowest(self, share: float) -> float:
        """The time that all but this share of the checks stay below."""
        return sorted(self.microseconds)[-max(1, int(len(self.microseconds) * share))]


class _Fetches:
    def __init__(self) -> None:
        self.tried = 0

    def count(self, event: str, seconds: float | None = None) -> None:
        if seconds is not None and event in {"keys.fetched", "keys.failed"}:
            self.tried += 1


class _Api:
    """A program that checks distinct tokens and remembers none, so that every check is a whole one."""

    def __init__(self, site: Site, key: Key) -> None:
        self._fetches = _Fetches()
        keys = IssuerKeys(
            site.url, max_age=_INTERVAL, min_interval=_INTERVAL, timeout=_TIMEOUT, observer=self._fetches
        )
        self._verifier = Verifier(site.url, audience=_AUDIENCE, keys=keys, cache_size=0, status=None)
        signer = Signer(key, issuer=site.url, audience=_AUDIENCE)
        self._tokens = cycle([signer.issue(f"user-{number}", expires_in=3600) for number in range(64)])

    def check_for(self, seconds: float) -> Checks:
        checks, fetched = Checks(), self._fetches.tried
        verify, clock, tokens = self._verifier.verify, time.perf_counter, self._tokens
        begun = clock()
        while (before := clock()) - begun < seconds:
            try:
                verify(next(tokens))
            except TokenError:
                checks.refused += 1
            checks.microseconds.append((clock() - before) * 1e6)
        checks.seconds = clock() - begun
        checks.fetches = self._fetches.tried - fetched
        return checks


def run(*, quick: bool) -> None:
    rounds, seconds = (3, 1.0) if quick else (15, 1.0)
    logging.getLogger("gatepass").setLevel(logging.ERROR)
    key, stranger = Key.generate("RS256"), Key.generate("RS256")
    note(
        f"{rounds} rounds of {seconds:g} s before and {seconds:g} s during each trouble, in turn; RS256, one thread;"
    )
    note(
        f"keys are old after {_INTERVAL:g} s and fetched at most once in {_INTERVAL:g} s; wall clock of each check"
    )
    site = Site(key)
    try:
        for trouble in (_KILLED, _REPLACED, *TROUBLES):
            api = _Api(site, key)
            api.check_for(2 * _INTERVAL)
            pairs = []
            for _ in range(rounds):
                before = api.check_for(seconds)
                with _in_trouble(site, trouble, key, stranger):
                    pairs.append((before, api.check_for(seconds)))
                api.check_for(2 * _TIMEOUT if trouble in {"hangs", "drips"} else 2 * _INTERVAL)
            _report(trouble, pairs)
    finally:
        site.kill()


@contextmanager
def _in_trouble(site: Site, trouble: str, key: Key, stranger: Key) -> Iterator[None]:
    if trouble == _KILLED:
        site.kill()
        yield
        site.start()
    else:
        if trouble == _REPLACED:
            site.publish(stranger)
        else:
            site.fall_into(trouble)
        yield
        site.publish(key)


def _report(trouble: str, pairs: list[tuple[Checks, Checks]]) -> None:
    during = [after for _, after in pairs]
    checks = sum(len(after.microseconds) for after in during)
    refused = sum(after.refused for after in during)
    rate = sum(after.fetches for after in during) / sum(after.seconds for after in during)
    note(f"{trouble}: {checks} checks, {refused} refused; {rate * _INTERVAL:.2f} fetches in each interval")
    show("p99 before", [before.slowest(0.01) for before, _ in pairs], "us", digits=0)
    show("p99 during", [after.slowest(0.01) for after in during], "us", digits=0)
    ratios = [after.slowest(0.01) / before.slowest(0.01) for before, after in pairs]
    show("p99 during : before", ratios, aim=Aim(high=1.25))
    show("the slowest before", [max(before.microseconds) / 1000 for before, _ in pairs], "ms")
    show("the slowest during", [max(after.microseconds) / 1000 for after in during], "ms")
