"""Keys that have to be fetched: remembered, renewed beside the requests, and kept through an outage."""

from __future__ import annotations

import logging
import math
import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from gatepass import flight
from gatepass.errors import KeysUnavailableError, plain
from gatepass.fetch_limits import TIMEOUT, FetchError
from gatepass.forks import mend_after_forks
from gatepass.key_sources.options import check_seconds, fetching
from gatepass.key_sources.snapshot import Snapshot
from gatepass.key_sources.succession import Holdings
from gatepass.observer import SILENT, Observer, guarded
from gatepass.sources import Table, table_of

if TYPE_CHECKING:
    import os
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


class RemoteKeys(ABC):
    """Keys of one place, fetched when first needed, then kept.

    After ``max_age`` seconds the next token makes a thread of its own fetch them again, and nobody waits: the
    known keys serve meanwhile. (Only after an idle time, twice ``max_age`` without any fetch, does the first token
    wait, for a second at most, so that a key withdrawn long ago is not believed once more.) A ``kid`` that is not
    known makes them be fetched too, and its token waits. In any case there is one fetch at a time and at most one
    in ``min_interval`` seconds. One that fails, or brings a set without a usable key, leaves the known keys in
    place for up to ``max_stale`` seconds. What headers say about caching is not looked at.

    Args:
        name: Whose keys they are, for logs and for the snapshot.
        max_age: Seconds.
        max_stale: Seconds.
        min_interval: Seconds.
        timeout: Seconds for one fetch.
        ca_file: The certificates (PEM) of the only authorities that are believed; without it, those of the
            system.
        snapshot: A file that keeps the keys, so that a program which starts during an outage has some. It is
            trusted as the issuer is: only this program may be able to write it.
        observer: Is told of ``keys.hit`` (a known key may have signed the token), ``keys.missed`` (none),
            ``keys.unknown`` (none after all, so the token is refused), ``keys.fetched`` and ``keys.failed``.
        fetch: A blocking function from an address to a JSON object, instead of the built-in one.
        monotonic: A clock in seconds that never goes back.
        clock: Seconds since the epoch, for the age of the snapshot.

    Raises:
        ValueError: An argument makes no sense, with one sentence that says why.
    """

    def __init__(
        self,
        name: str,
        *,
        max_age: float = MAX_AGE,
        max_stale: float = MAX_STALE,
        min_interval: float = MIN_INTERVAL,
        timeout: float = TIMEOUT,
        ca_file: str | os.PathLike[str] | None = None,
        snapshot: str | os.PathLike[str] | None = None,
        observer: Observer | None = None,
        fetch: Callable[[str], dict[str, Any]] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        check_seconds(max_age=max_age, max_stale=max_stale, min_interval=min_interval, timeout=timeout)
        if max_stale < max_age:
            raise ValueError("max_stale must not be shorter than max_age.")
        self._name = name
        self._max_age = max_age
        self._max_stale = max_stale
        self._min_interval = min_interval
        self._idle_after = 2 * max(max_age, min_interval + 2 * timeout)  # never as long while tokens come
        self._timeout = timeout
        self._fetch = fetching(fetch, timeout, ca_file)
        self._monotonic = monotonic
        self._observer = SILENT if observer is None or observer is SILENT else guarded(observer)
        self._watched = self._observer is not SILENT
        self._failure = ""
        self._tried = -math.inf  # when fetching was last tried
        self._fetched = -math.inf  # when it last succeeded
        self._flight = flight.Flight(monotonic)
        self._snapshot = Snapshot(snapshot, name, max_stale, clock) if snapshot is not None else None
        self._hold(Holdings())
        self.after_fork()
        mend_after_forks(self)
        if self._snapshot is not None:
            self._restore(self._snapshot)

    @abstractmethod
    def _fetch_keys(self, began: float) -> Sequence[Key]:
        """Fetch the keys, at least one; blocks.

        Args:
            began: When the time that the whole of it may take began.

        Raises:
            FetchError: They did not come.
            KeyFormatError: What came is not a set with a usable key.
        """

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:
        """Return the remembered keys for such a token.

        Raises:
            KeysUnavailableError: None were ever fetched, or the last fetch with keys is too long ago.
        """
        keys = self._table.get((kid, alg))
        if keys is None or self._monotonic() >= self._end:
            return self._find_none(kid, alg)
        if self._watched:
            self._observer.count("keys.hit")
        return keys

    def due(self, kid: str | None, alg: str) -> bool:
        """Tell whether such a token must wait for :meth:`refresh`; start a fetch that nobody waits for."""
        now = self._monotonic()
        if now < self._calm_until and (kid, alg) in self._table:
            return False
        self._settle(now)
        serves = self._serves(kid, alg, now)
        if self._watched and not serves:
            self._observer.count("keys.missed")
        if self._must_wait(kid, alg, now):
            return True
        if serves and self._is_old(now):
            self._renew(now)
        return False

    def refresh(self, kid: str | None, alg: str) -> None:
        """Fetch the keys if that is still due, or wait for the thread that does."""
        now = self._monotonic()
        patience = 2 * self._timeout  # who cannot do without keys waits for the whole fetch
        try:
            self._flight.start_and_wait(
                lambda: self._must_wait(kid, alg, self._monotonic()),
                self._attempt,
                first=flight.PATIENCE if self._serves(kid, alg, now) else patience,
                others=patience if now >= self._end else flight.PATIENCE,
            )
        except RuntimeError as error:
            self._note_failure(now, plain(error))

    def proven(self, key: Key) -> None:
        """Learn that a token passed every check with this key: a set that was doubted is in use."""
        if self._doubted and key in self._doubted:
            with self._lock:
                if key in self._held.doubted:
                    _log.info("the new keys of %s are in use; those before are forgotten", self._name)
                    self._hold(self._held.proven(self._fetched))

    def after_fork(self) -> None:
        """Go on in a child, where no thread fetches."""
        self._lock = threading.Lock()  # held for a few steps, to change what is held
        self._flight.after_fork()
        self._calm_until = -math.inf

    def _serves(self, kid: str | None, alg: str, now: float) -> bool:
        return now < self._end and (kid, alg) in self._table

    def _must_wait(self, kid: str | None, alg: str, now: float) -> bool:
        """Whether such a token has to wait for a fetch, and may: there was none a short time ago."""
        if self._serves(kid, alg, now) and now - self._tried < self._idle_after:
            return False
        cold = now >= self._end
        if self._flight.running:
            return cold or self._flight.worth_waiting
        pause = min(FIRST_INTERVAL, self._min_interval) if cold else self._min_interval
        return now - self._tried >= pause

    def _is_old(self, now: float) -> bool:
        return now - self._fetched >= self._max_age and now - self._tried >= self._min_interval

    def _renew(self, now: float) -> None:
        """Start a fetch beside the requests, and leave them alone until it has landed."""
        self._calm_until = min(self._end, now + flight.LOST_AFTER)
        try:
            self._flight.start(lambda: self._is_old(self._monotonic()), self._attempt)
        except RuntimeError as error:
            self._note_failure(now, plain(error))

    def _attempt(self) -> None:
        """Fetch once; runs in a thread of its own, so nothing may be raised."""
        began = self._monotonic()
        try:
            keys = self._fetch_keys(began)
        except Exception as error:  # noqa: BLE001 - whatever a fetch raises, the known keys go on to serve
            self._note_failure(began, plain(str(error) or type(error).__name__, 600))
        else:
            self._note_success(began, keys)

    def _note_success(self, began: float, keys: Sequence[Key]) -> None:
        now = self._monotonic()
        with self._lock:
            if began < self._tried:
                return  # given up as lost, and overtaken by another
            doubted, failed = bool(self._doubted), bool(self._failure)
            self._failure, self._fetched, self._tried = "", now, now
            self._hold(self._held.after(keys, now, self._max_stale))
            self._calm_until = min(self._end, now + max(self._max_age, self._min_interval))
        if self._doubted and not doubted:
            _log.warning(
                "%s published keys of which none was known: they serve beside the known ones until one of "
                "them is in use",
                self._name,
            )
        if failed:
            _log.warning("the keys of %s can be fetched again", self._name)
        self._observer.count("keys.fetched", now - began)
        if self._snapshot is not None and not self._doubted:
            self._snapshot.save(keys)

    def _note_failure(self, began: float, reason: str) -> None:
        now = self._monotonic()
        with self._lock:
            if began < self._tried:
                return
            news = reason != self._failure
            self._failure, self._tried = reason, now
            calm = max(self._fetched + self._max_age, now + self._min_interval)
            self._calm_until = min(self._end, calm)
        # An outage goes on for many intervals, and fills no log with the same line.
        level = logging.WARNING if news else logging.DEBUG
        _log.log(level, "the keys of %s could not be fetched: %s", self._name, reason)
        self._observer.count("keys.failed", now - began)

    def _hold(self, held: Holdings) -> None:
        """Let these keys serve from now on."""
        self._held = held
        self._doubted = frozenset(held.doubted)
        self._table: Table = table_of(held.serving)
        self._end = min(held.confirmed + self._max_stale, held.settles)  # when they serve no longer

    def _settle(self, now: float) -> None:
        """Drop the known keys once the hour beside a doubted set is over; no fetch is needed for it."""
        if now < self._held.settles:
            return
        with self._lock:
            if now >= self._held.settles:
                self._hold(self._held.settled())

    def _find_none(self, kid: str | None, alg: str) -> Sequence[Key]:
        now = self._monotonic()
        self._settle(now)
        if now < self._end:
            keys = self._table.get((kid, alg), ())
            self._observer.count("keys.hit" if keys else "keys.unknown")
            return keys
        known = f"the known keys are older than {self._max_stale:g} s; " if self._table else ""
        raise KeysUnavailableError(known + self._failure, retry_after=math.ceil(FIRST_INTERVAL))

    def _restore(self, snapshot: Snapshot) -> None:
        restored = snapshot.load()
        if restored is not None:
            keys, age = restored
            now = self._monotonic()
            self._fetched = now - age
            # An hour beside a set without these keys counts from when they were saved: no restart begins it anew.
            self._hold(Holdings(keys, self._fetched, (), self._fetched, now))

    def _get(self, url: str, began: float) -> dict[str, Any]:
        # A place that used up the time of one fetch is not given the same time again for the next.
        if self._monotonic() - began >= self._timeout:
            raise FetchError(f"{plain(url)}: not asked, the time was up already")
        return self._fetch(url)
