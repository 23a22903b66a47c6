"""The keys of an issuer, found by its address (RFC 8414, OpenID Connect Discovery) and remembered."""

from __future__ import annotations

import logging
import math
import time
from typing import TYPE_CHECKING, Any

from gatepass.errors import KeyFormatError, KeysUnavailableError, plain
from gatepass.fetch import TIMEOUT, FetchError, get_json
from gatepass.flight import Flight
from gatepass.jwk import keys_from_jwks
from gatepass.metadata import jwks_uri_of, metadata_urls
from gatepass.sources import NamedKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatepass.keys import Key

MAX_AGE = 300.0
"""Seconds after which keys are fetched again, so that a withdrawn key is forgotten."""

MAX_STALE = 86_400.0
"""Seconds that keys serve while fetching them again fails or brings none; after that there are no keys."""

MIN_INTERVAL = 10.0
"""Seconds between two fetches, however many unknown ``kid`` arrive and however often fetching fails."""

FIRST_INTERVAL = 1.0
"""The same while there are no keys at all: a program that starts before its issuer soon gets going."""

_log = logging.getLogger("gatepass")


class IssuerKeys:
    """The keys an issuer publishes: fetched when first needed, then kept.

    They are fetched again after ``max_age`` seconds, or when an unknown ``kid`` arrives, but never more often
    than every ``min_interval`` seconds and never twice at once. A fetch that fails, or that brings a set
    without a single usable key, leaves the known keys in place for up to ``max_stale`` seconds. While one
    fetches, tokens of known keys never wait, and those of unknown ones only shortly.

    Args:
        issuer: The issuer's address; its metadata must name exactly this ``issuer`` (RFC 8414 section 3.3).
        max_age: Seconds.
        max_stale: Seconds.
        min_interval: Seconds.
        fetch: A blocking function from an address to a JSON object; raises FetchError.
        monotonic: A clock in seconds that never goes back.
    """

    def __init__(
        self,
        issuer: str,
        *,
        max_age: float = MAX_AGE,
        max_stale: float = MAX_STALE,
        min_interval: float = MIN_INTERVAL,
        fetch: Callable[[str], dict[str, Any]] = get_json,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._urls = metadata_urls(issuer)
        self._max_age = max_age
        self._max_stale = max_stale
        self._min_interval = min_interval
        self._fetch = fetch
        self._monotonic = monotonic
        self._flight = Flight(monotonic)
        self._known: tuple[NamedKeys, float] | None = None  # the keys, and when they were fetched
        self._tried = -math.inf  # when fetching was last tried
        self._failure = ""

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:
        """Return the remembered keys for such a token.

        Raises:
            KeysUnavailableError: None were ever fetched, or the last fetch with keys is too long ago.
        """
        known = self._known
        if known is None or self._monotonic() - known[1] >= self._max_stale:
            old = "" if known is None else f"the known keys are older than {self._max_stale:g} s; "
            raise KeysUnavailableError(old + self._failure, retry_after=math.ceil(FIRST_INTERVAL))
        return known[0].find(kid, alg)

    def due(self, kid: str | None, alg: str) -> bool:
        """Tell whether to call :meth:`refresh`: no keys yet, too old ones, or none for such a token.

        While another thread fetches it is worth waiting only for a token that cannot be checked without, and
        only shortly: known keys serve meanwhile, even old ones.
        """
        now = self._monotonic()
        if self._flight.running:
            return not self._serves(kid, alg, now) and (self._cold(now) or self._flight.worth_waiting)
        if self._cold(now):
            return now - self._tried >= FIRST_INTERVAL
        if now - self._tried < self._min_interval:
            return False
        return self._known is None or now - self._known[1] >= self._max_age or not self._serves(kid, alg, now)

    def refresh(self, kid: str | None, alg: str) -> None:
        """Fetch the keys if that is still due, or wait for the thread that does."""
        self._flight.lead_or_wait(
            lambda: self.due(kid, alg),
            self._fetch_keys,
            patient=self._cold(self._monotonic()),
        )

    def _cold(self, now: float) -> bool:
        """Whether there are no keys that may serve, so that every token has to wait."""
        return self._known is None or now - self._known[1] >= self._max_stale

    def _serves(self, kid: str | None, alg: str, now: float) -> bool:
        return self._known is not None and not self._cold(now) and bool(self._known[0].find(kid, alg))

    def _fetch_keys(self) -> None:
        began = self._monotonic()
        try:
            keys = NamedKeys(keys_from_jwks(self._get(self._jwks_uri(began), began)))
            self._known = keys, self._monotonic()
        except (FetchError, KeyFormatError) as error:
            self._failure = str(error)
            _log.warning("the keys of %s could not be fetched: %s", self._issuer, error)
        finally:
            self._tried = self._monotonic()

    def _jwks_uri(self, began: float) -> str:
        failures = []
        for url in self._urls:
            try:
                return jwks_uri_of(self._get(url, began), self._issuer)
            except FetchError as error:
                failures.append(str(error))
            except ValueError as error:
                failures.append(f"{url}: {error}")
        raise FetchError("; ".join(failures))

    def _get(self, url: str, began: float) -> dict[str, Any]:
        # An issuer that used up the time of one fetch is not given the same time again for the next.
        if self._monotonic() - began >= TIMEOUT:
            raise FetchError(f"{plain(url)}: not asked, the issuer took too long already")
        return self._fetch(url)
