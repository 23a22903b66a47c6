"""The revocation feed: lists in memory, renewed in the background."""

from __future__ import annotations

import logging
import math
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from gatepass.errors import InvalidClaimsError, RevokedTokenError, StatusUnavailableError, TokenError, plain
from gatepass.observer import SILENT, Observer, guarded
from gatepass.status.answer import FetchList, NoListError
from gatepass.status.crew import Crew
from gatepass.status.forks import tell_after_fork
from gatepass.status.held import Held
from gatepass.status.keeper import Keeper
from gatepass.status.list_token import ListReader
from gatepass.status.places import Places
from gatepass.status.reference import StatusReference, reference_of
from gatepass.status.renewal import Renewal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatepass.sources import KeySource
    from gatepass.status.copies import Copy
    from gatepass.status.held import Attempt
    from gatepass.status.policy import StatusPolicy

IN_FLIGHT: Final = 8
"""Lists that are fetched at once."""

_SETTLED: Final = 1.0
"""Seconds after a question during which a list does not give way to another: new lists come only so fast."""

_WHILE_FETCHING: Final = 60.0
_NAMES: Final = {1: "invalid", 2: "suspended"}

_log = logging.getLogger("gatepass")


class StatusFeed:
    """Tells whether tokens of one issuer were revoked. Safe to share between threads; all of it is remembered.

    A list is fetched when a token first names it, which that token waits for. As long as there are questions, it is
    then renewed in the background at half of its ``ttl``; so a check is a look into memory, and a revocation is
    seen within the ``ttl``. Who asks after a long pause waits once more. While fetching fails nobody waits: the
    last list is believed for as long as the policy says.

    Args:
        policy: The rules.
        issuer: The exact ``iss``; where it is an address, lists may lie at its origin.
        keys: What lists are signed with.
        algorithms: The accepted ``alg`` values.
        clock: Seconds since the epoch.
        monotonic: A clock in seconds that never goes back.
        observer: Is told of fetches: ``status.fetched``, ``status.unchanged``, ``status.failed``.
        fetch: Fetches a list; over HTTP without it.
        crew: Does the fetching.
        keeper: Makes the thread that renews lists.
    """

    def __init__(
        self,
        policy: StatusPolicy,
        *,
        issuer: str,
        keys: KeySource,
        algorithms: frozenset[str],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        observer: Observer = SILENT,
        fetch: FetchList | None = None,
        crew: Crew | None = None,
        keeper: Callable[[Callable[[], float | None]], Keeper] = Keeper,
    ) -> None:
        self._policy = policy
        self._places = Places(issuer, policy.origins)
        reader = ListReader(issuer, keys, algorithms, policy.max_list_bytes)
        self._renewal = Renewal(policy, reader, fetch or _over_http(policy), clock=clock, monotonic=monotonic)
        self._accepted = frozenset(policy.accepted)
        self._monotonic = monotonic
        self._observer = guarded(observer)
        self._crew = crew or Crew(IN_FLIGHT)
        self._keeper = keeper(self._tend)
        self._lock = threading.Lock()  # held for a few steps only, never while fetching or waiting
        self._lists: dict[str, Held] = {}
        tell_after_fork(self)

    def reference_of(self, claims: Mapping[str, Any]) -> StatusReference | None:
        """Where a token's status is told; ``None`` where it has none.

        Raises:
            InvalidClaimsError: The claim is malformed, or missing and required.
            StatusUnavailableError: It names no mechanism that is known.
        """
        reference = reference_of(claims)
        if reference is None and self._policy.required:
            raise InvalidClaimsError("status is missing")
        return reference

    def due(self, reference: StatusReference) -> bool:
        """Tell, without blocking, whether the caller must wait in :meth:`refresh` before :meth:`check`.

        What is to be fetched without anybody waiting is begun here.
        """
        held = self._lists.get(reference.uri)
        now = self._monotonic()
        if held is None:
            return not self._places.refusal(reference.uri)
        held.asked = now
        copy = held.copy
        if copy is not None and now < held.calm_until and reference.index < copy.statuses.size:
            return False
        with self._lock:
            if held.must_wait(reference.index, now, self._policy.timeout):
                return True
            awake = self._keeper.running and not held.resting
        if not awake:
            self._wake_keeper(held)
        return False

    def refresh(self, reference: StatusReference) -> None:
        """Fetch the list if that is still due, or wait for the fetch under way: never longer than one may take."""
        now = self._monotonic()
        with self._lock:
            held = self._room_for(reference.uri, now)
            if held is None or not held.must_wait(reference.index, now, self._policy.timeout):
                return
            begun = not held.fetching(now)
            attempt = held.begin(now) if begun or held.attempt is None else held.attempt
            patience = held.patience(reference.index, now, self._policy.timeout) - (now - attempt.began)
            attempt.waiting += 1
        if begun:
            self._launch(held, attempt)
        attempt.landed.wait(patience)
        with self._lock:
            attempt.waiting -= 1

    def check(self, reference: StatusReference) -> None:
        """Look the token's status up, in memory.

        Raises:
            RevokedTokenError: It is another than the policy accepts.
            StatusUnavailableError: There is no list, or only one that is too old or too short.
        """
        held = self._lists.get(reference.uri)
        copy = None if held is None else held.copy
        if copy is None or not self._monotonic() < copy.believed_until:
            raise self._unavailable(reference, held)
        try:
            status = copy.statuses.status(reference.index)
        except IndexError:
            raise self._unavailable(reference, held) from None
        if status not in self._accepted:
            name = _NAMES.get(status, "not accepted")
            raise RevokedTokenError(
                f"status {status} ({name}) at {reference.index} in {plain(reference.uri)}"
            )

    def begin_anew(self) -> None:
        """Go on in a process that was forked: the lists are here, the threads are not."""
        self._lock = threading.Lock()
        self._crew.begin_anew()
        self._keeper.begin_anew()
        for held in self._lists.values():
            held.attempt = None
            held.rest()

    # ---- how lists come ----

    def _room_for(self, uri: str, now: float) -> Held | None:
        """What is known of a list, or a place for it; ``None`` where it may not be had, or all places are in use."""
        held = self._lists.get(uri)
        if held is not None or self._places.refusal(uri):
            return held
        if len(self._lists) >= self._policy.max_lists:
            oldest = min(self._lists.values(), key=lambda other: other.asked)
            if now - oldest.asked < _SETTLED:
                return None
            del self._lists[oldest.uri]
        held = self._lists[uri] = Held(uri, now)
        return held

    def _tend(self) -> float | None:
        """Begin every fetch whose time has come; return the seconds until the next."""
        now = self._monotonic()
        begun: list[tuple[Held, Attempt]] = []
        soonest = math.inf
        with self._lock:
            for held in self._lists.values():
                if held.fetching(now):
                    soonest = min(soonest, now + _WHILE_FETCHING)
                elif held.idle(now):
                    held.rest()
                elif held.next_fetch() <= now:
                    begun.append((held, held.begin(now)))
                    soonest = min(soonest, now + _WHILE_FETCHING)
                else:
                    soonest = min(soonest, held.next_fetch())
        for held, attempt in begun:
            self._launch(held, attempt)
        return None if soonest == math.inf else soonest - now

    def _launch(self, held: Held, attempt: Attempt) -> None:
        try:
            self._crew.take_on(partial(self._renew, held, attempt))
        except RuntimeError as error:  # no more threads to be had, or the program is ending
            self._land(held, attempt, str(error))

    def _renew(self, held: Held, attempt: Attempt) -> None:
        began = self._monotonic()
        outcome: Copy | str
        event = "status.failed"
        try:
            outcome, newer = self._renewal.renew(held.uri, held.copy, attempt.began)
            event = "status.fetched" if newer else "status.unchanged"
        except TokenError as error:
            outcome = f"{error.code}: {error.reason}"
        except NoListError as error:
            outcome = str(error)
        except Exception as error:  # noqa: BLE001 - a broken clock or key source of the program: told, and tried again
            outcome = f"{type(error).__name__}: {error}"
        if isinstance(outcome, str):
            _log.warning("the status list %s could not be renewed: %s", plain(held.uri), plain(outcome))
        self._observer.count(event, self._monotonic() - began)
        self._land(held, attempt, outcome)

    def _land(self, held: Held, attempt: Attempt, outcome: Copy | str) -> None:
        now = self._monotonic()
        with self._lock:
            if held.attempt is attempt:  # and it did not count as lost meanwhile
                if isinstance(outcome, str):
                    held.fail(outcome, now)
                else:
                    held.succeed(outcome)
        attempt.landed.set()
        self._wake_keeper(held)

    def _wake_keeper(self, held: Held) -> None:
        with self._lock:
            held.rely_on_keeper()
        if not self._keeper.call():
            with self._lock:
                held.rest()

    def _unavailable(self, reference: StatusReference, held: Held | None) -> StatusUnavailableError:
        now = self._monotonic()
        copy = None if held is None else held.copy
        if held is None:
            reason = self._places.refusal(reference.uri) or "no list was fetched, or too many are in use"
        elif copy is None:
            reason = held.failure or "no list was fetched yet"
        elif now < copy.believed_until:
            reason = f"index {reference.index} is beyond its {copy.statuses.size} statuses"
        else:
            reason = f"fetched {now - copy.fetched:.0f} s ago, too long to be believed; {held.failure}"
        wait = 1 if held is None else max(1, min(math.ceil(held.retry_at - now), 60)) if held.failure else 1
        return StatusUnavailableError(f"{plain(reference.uri)}: {plain(reason)}", retry_after=wait)


def _over_http(policy: StatusPolicy) -> FetchList:
    from gatepass.status.fetching import fetch_list  # noqa: PLC0415 - only who fetches lists loads urllib

    return partial(fetch_list, timeout=policy.timeout, max_bytes=policy.max_bytes)
