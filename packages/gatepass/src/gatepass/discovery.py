"""The keys of an issuer, found by its address (RFC 8414, OpenID Connect Discovery) and remembered."""

from __future__ import annotations

import logging
import math
import threading
import time
from typing import TYPE_CHECKING, Any

from gatepass.errors import KeyFormatError, KeysUnavailableError
from gatepass.fetch import FetchError, checked_url, get_json
from gatepass.jwk import keys_from_jwks
from gatepass.sources import NamedKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatepass.keys import Key

MAX_AGE = 300.0
"""Seconds after which keys are fetched again, so that a withdrawn key is forgotten."""

MIN_INTERVAL = 10.0
"""Seconds between two fetches, however many unknown ``kid`` arrive and however often fetching fails."""

FIRST_INTERVAL = 1.0
"""The same while no keys were ever fetched: a program that starts before its issuer soon gets going."""

_log = logging.getLogger("gatepass")


def metadata_urls(issuer: str) -> list[str]:
    """Where an issuer's metadata may lie, best place first.

    RFC 8414 section 3.1 puts the well-known part between host and path, OpenID Connect Discovery section 4 at
    the end of the path.

    Raises:
        ValueError: The issuer is not an address that may be fetched, or has a query or fragment (RFC 8414
            section 2).
    """
    parts = checked_url(issuer)
    if "?" in issuer or "#" in issuer:
        raise ValueError("An issuer's address has no query and no fragment.")
    path = parts.path.rstrip("/")
    base = f"{parts.scheme}://{parts.netloc}"
    return [
        f"{base}/.well-known/oauth-authorization-server{path}",
        f"{base}{path}/.well-known/openid-configuration",
    ]


class IssuerKeys:
    """The keys an issuer publishes: fetched when first needed, then kept.

    They are fetched again after ``max_age`` seconds, or when an unknown ``kid`` arrives, but never more often
    than every ``min_interval`` seconds and never twice at once. A fetch that fails leaves the known keys in
    place.

    Args:
        issuer: The issuer's address; its metadata must name exactly this ``issuer`` (RFC 8414 section 3.3).
        max_age: Seconds.
        min_interval: Seconds.
        fetch: A blocking function from an address to a JSON object; raises FetchError.
        monotonic: A clock in seconds that never goes back.
    """

    def __init__(
        self,
        issuer: str,
        *,
        max_age: float = MAX_AGE,
        min_interval: float = MIN_INTERVAL,
        fetch: Callable[[str], dict[str, Any]] = get_json,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._urls = metadata_urls(issuer)
        self._max_age = max_age
        self._min_interval = min_interval
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys: NamedKeys | None = None
        self._fetched = -math.inf  # when fetching last succeeded
        self._tried = -math.inf  # when it was last tried
        self._failure = ""

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:
        """Return the remembered keys for such a token.

        Raises:
            KeysUnavailableError: None were ever fetched.
        """
        keys = self._keys
        if keys is None:
            raise KeysUnavailableError(self._failure, retry_after=math.ceil(FIRST_INTERVAL))
        return keys.find(kid, alg)

    def due(self, kid: str | None, alg: str) -> bool:
        """Tell whether keys should be fetched: none yet, too old, or none for such a token."""
        now = self._monotonic()
        keys = self._keys
        if keys is None:
            return now - self._tried >= FIRST_INTERVAL
        if now - self._tried < self._min_interval:
            return False
        return now - self._fetched >= self._max_age or not keys.find(kid, alg)

    def refresh(self, kid: str | None, alg: str) -> None:
        """Fetch the keys if that is still due.

        Blocks while fetching. While another thread fetches it blocks only where the token cannot be checked
        without: keys that are merely old serve until the new ones are there.
        """
        keys = self._keys
        if not self._lock.acquire(blocking=keys is None or not keys.find(kid, alg)):
            return
        try:
            if self.due(kid, alg):  # another thread may have been faster
                self._fetch_keys()
        finally:
            self._lock.release()

    def _fetch_keys(self) -> None:
        try:
            self._keys = NamedKeys(keys_from_jwks(self._fetch(self._jwks_url())))
            self._fetched = self._monotonic()
        except (FetchError, KeyFormatError) as error:
            self._failure = str(error)
            _log.warning("the keys of %s could not be fetched: %s", self._issuer, error)
        finally:
            self._tried = self._monotonic()

    def _jwks_url(self) -> str:
        failures = []
        for url in self._urls:
            try:
                metadata = self._fetch(url)
            except FetchError as error:
                failures.append(str(error))
                continue
            # Whoever can put a document there must not speak for another issuer (RFC 8414 section 3.3).
            if metadata.get("issuer") != self._issuer:
                failures.append(f"{url}: names the issuer {metadata.get('issuer')!r}, not {self._issuer!r}")
                continue
            jwks_uri = metadata.get("jwks_uri")
            if isinstance(jwks_uri, str):
                return jwks_uri
            failures.append(f"{url}: has no jwks_uri")
        raise FetchError("; ".join(failures))
