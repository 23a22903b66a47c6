"""Where a feed's lists come from: which are kept, and when each is fetched."""

from __future__ import annotations

import logging
import math
import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from gatepass.errors import TokenError, plain
from gatepass.forks import mend_after_forks
from gatepass.status.answer import NoListError
from gatepass.status.held import Held

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatepass.observer import Observer
    from gatepass.status.copies import Copy
    from gatepass.status.crew import Crew
    from gatepass.status.held import Attempt
    from gatepass.status.keeper import Keeper
    from gatepass.status.places import Places
    from gatepass.status.policy import StatusPolicy
    from gatepass.status.renewal import Renewal

_SETTLED: Final = 1.0
"""Seconds after a question during which a list is in use."""

_TURN: Final = 0.125
"""Seconds after a list in use gave way before the next may: where places are short, new lists come only so fast."""

_WHILE_FETCHING: Final = 60.0

_log = logging.getLogger("gatepass")


class Stock:
    """A bounded number of lists, kept fresh in the background as long as somebody asks for them.

    Args:
        policy: The rules.
        places: Where lists may lie.
        renewal: Fetches and judges them.
        crew: Does so in threads.
        keeper: Makes the thread that begins it in time.
        monotonic: A clock in seconds that never goes back.
        observer: Is told of fetches.

    Attributes:
        find: What is known of a list, by its address; ``None`` where it is not kept. It takes no lock.
    """

    def __init__(
        self,
        policy: StatusPolicy,
        places: Places,
        renewal: Renewal,
        *,
        crew: Crew,
        keeper: Callable[[Callable[[], float | None]], Keeper],
        monotonic: Callable[[], float],
        observer: Observer,
    ) -> None:
        self._policy = policy
        self._places = places
        self._renewal = renewal
        self._crew = crew
        self._keeper = keeper(self._tend)
        self._monotonic = monotonic
        self._observer = observer
        self._lock = threading.Lock()  # held for a few steps only, never while fetching or waiting
        self._lists: dict[str, Held] = {}
        self._turned = -math.inf  # when a list in use gave way to another
        self.find = self._lists.get
        mend_after_forks(self)

    def after_fork(self) -> None:
        """Go on in a process that was forked: the lists are here, the threads are not."""
        self._lock = threading.Lock()
        self._crew.after_fork()
        self._keeper.after_fork()
        for held in self._lists.values():
            held.attempt = None
            held.rest()

    def must_wait(self, held: Held, index: int, now: float) -> bool:
        """Tell whether the answer for an index has to wait for a fetch; if not, the list is kept fresh from now on."""
        with self._lock:
            if held.must_wait(index, now, self._policy.timeout):
                return True
            awake = self._keeper.running and not held.resting
        if not awake:
            self._wake_keeper(held)
        return False

    def wait_for(self, uri: str, index: int) -> None:
        """Begin a fetch if there has to be one, and wait for it: never longer than one may take."""
        now = self._monotonic()
        with self._lock:
            held = self._room_for(uri, now)
            if held is None or not held.must_wait(index, now, self._policy.timeout):
                return
            attempt = held.attempt if held.fetching(now) else None
            begun = attempt is None
            if attempt is None:
                attempt = held.begin(now)
            patience = held.patience(self._policy.timeout) - (now - attempt.began)
            attempt.waiting += 1
        if begun:
            self._launch(held, attempt)
        attempt.landed.wait(patience)
        with self._lock:
            attempt.waiting -= 1

    def _room_for(self, uri: str, now: float) -> Held | None:
        """What is known of a list, or a place for it; ``None`` where it may not be had, or all places are in use."""
        held = self._lists.get(uri)
        if held is not None or self._places.refusal(uri):
            return held
        if now - self._turned < _TURN:
            return None
        if len(self._lists) >= self._policy.max_lists:
            self._drop_oldest(None, now)
        held = self._lists[uri] = Held(uri, now)
        return held

    def _drop_oldest(self, spared: Held | None, now: float) -> Held:
        """Give up the list that nobody asked for the longest time; one that is being fetched only if all are."""
        others = [other for other in self._lists.values() if other is not spared]
        oldest = min(others, key=lambda other: (other.attempt is not None, other.asked))
        if now - oldest.asked < _SETTLED:
            self._turned = now
        del self._lists[oldest.uri]
        return oldest

    def _make_room(self, newest: Held, now: float) -> None:
        """Give up lists until the others fit with the one that came."""
        sizes = (held.copy.statuses.byte_size for held in self._lists.values() if held.copy is not None)
        excess = sum(sizes) - self._policy.max_kept_bytes
        while excess > 0 and len(self._lists) > 1:
            copy = self._drop_oldest(newest, now).copy
            excess -= 0 if copy is None else copy.statuses.byte_size

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
                    held.succeed(outcome, now)
                    self._make_room(held, now)
        attempt.landed.set()
        self._wake_keeper(held)

    def _wake_keeper(self, held: Held) -> None:
        with self._lock:
            held.rely_on_keeper()
        if not self._keeper.call():
            with self._lock:
                held.rest()
