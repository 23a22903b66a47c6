"""A program that checks tokens of a site, fetches its keys often, and counts what happens."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gatepass import Verifier
from gatepass.discovery import IssuerKeys
from gatepass.key_sources.jwks_address import JwksAddressKeys
from gatepass.key_sources.remote import RemoteKeys
from tests.outage.site import JWKS, Site

Mint = Callable[..., str]

AUDIENCE = "https://api.example.com"
INTERVAL = 0.15
"""Seconds: keys are old after as long, and fetched no more often."""
TIMEOUT = 0.5
"""Seconds for one fetch."""


class Counts:
    """An observer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: Counter[str] = Counter()

    def count(self, event: str, seconds: float | None = None) -> None:  # noqa: ARG002 - the protocol's
        with self._lock:
            self._events[event] += 1

    def __getitem__(self, event: str) -> int:
        return self._events[event]

    @property
    def attempts(self) -> int:
        """How often fetching was tried."""
        return self._events["keys.fetched"] + self._events["keys.failed"]


@dataclass
class Program:
    """A program that checks tokens of the site."""

    site: Site
    source: RemoteKeys
    counts: Counts
    verifier: Verifier = field(init=False)

    def __post_init__(self) -> None:
        self.verifier = Verifier(
            self.site.url, audience=AUDIENCE, keys=self.source, cache_size=0, status=None
        )

    def await_attempts(self, number: int, token: str) -> None:
        """Check a token again and again until fetching was tried so many times more."""
        wanted, deadline = self.counts.attempts + number, time.monotonic() + 30
        while self.counts.attempts < wanted:
            assert time.monotonic() < deadline, "keys are not fetched any more"
            self.verifier.verify(token)
            time.sleep(0.01)


def start(site: Site, *, by_issuer: bool = True, **options: Any) -> Program:
    """Start to use the keys of a site, found by discovery or at their address."""
    counts = Counts()
    given = {"max_age": INTERVAL, "min_interval": INTERVAL, "timeout": TIMEOUT, "observer": counts, **options}
    source: RemoteKeys = (
        IssuerKeys(site.url, **given) if by_issuer else JwksAddressKeys(site.url + JWKS, **given)
    )
    return Program(site, source, counts)
