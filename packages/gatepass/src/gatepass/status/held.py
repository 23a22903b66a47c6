"""What is known of one list, and who must wait for a newer one."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Final

from gatepass.status.copies import SPACING

if TYPE_CHECKING:
    from gatepass.status.copies import Copy

MAX_WAITING: Final = 16
"""Threads that wait long for one fetch: a list that does not come must not hold every thread of a program."""

_PATIENCE: Final = 1.0
"""Seconds from the beginning of a fetch for which the others wait."""

_JUDGING: Final = 0.5
"""Seconds that are left for judging what was fetched at the last moment."""

_LOST_AFTER: Final = 60.0
_COLD_RETRY: Final = 1.0
_COLD_IDLE: Final = 30.0
_FORGOTTEN_AFTER: Final = 30.0


class Attempt:
    """One fetch, under way or waiting for its turn.

    Attributes:
        began: When it was asked for, by the monotonic clock.
        landed: Set when it is over.
        waiting: How many wait for it.
    """

    __slots__ = ("began", "landed", "waiting")

    def __init__(self, began: float) -> None:
        self.began = began
        self.landed = threading.Event()
        self.waiting = 0


class Held:
    """One list. Only the feed changes it, under its lock, but for ``asked``; all times are of the monotonic clock.

    Attributes:
        uri: Its address.
        copy: The list; ``None`` until one came.
        calm_until: Until then a question needs no thought: the keeper cares for all the rest.
        fresh_until: Until then the copy is as good as a new one.
        asked: When somebody last asked for it.
        attempt: The fetch under way.
        failure: Why the last fetch failed; empty where it did not.
        retry_at: When to try again after that.
        resting: Whether the keeper let go of it, because nobody asked.
    """

    __slots__ = (
        "_searched",
        "_searching",
        "_tried",
        "asked",
        "attempt",
        "calm_until",
        "copy",
        "failure",
        "fresh_until",
        "resting",
        "retry_at",
        "uri",
    )

    def __init__(self, uri: str, now: float) -> None:
        self.uri = uri
        self.copy: Copy | None = None
        self.calm_until = -math.inf
        self.fresh_until = -math.inf
        self.asked = now
        self.attempt: Attempt | None = None
        self.failure = ""
        self.retry_at = -math.inf
        self.resting = False
        self._tried = -math.inf
        self._searching = False
        self._searched = False

    def begin(self, now: float) -> Attempt:
        """Note that a fetch is under way."""
        self._tried = now
        # A fetch before its time is for an index beyond the list.
        self._searching = self.copy is not None and now < min(self.fresh_until, self.copy.renew_at)
        self.attempt = Attempt(now)
        return self.attempt

    def succeed(self, copy: Copy, now: float) -> None:
        """Take the list that a fetch brought."""
        grown = self.copy is None or copy.statuses.size > self.copy.statuses.size
        self._searched = self._searching and not grown
        self.copy = copy
        # A fetch may take longer than the list's ttl: those who waited for it must be able to go by what it brought.
        self.fresh_until = min(max(copy.fresh_until, now + SPACING), copy.believed_until)
        self.attempt = None
        self.failure = ""
        self.rely_on_keeper()

    def fail(self, reason: str, now: float) -> None:
        """Note that a fetch brought nothing."""
        self.attempt = None
        self.failure = reason
        self.retry_at = now + (_COLD_RETRY if self.copy is None else self.copy.retry_after)
        self.rely_on_keeper()

    def rely_on_keeper(self) -> None:
        """From now on the keeper renews the list in time, or tries to, so that questions need no thought."""
        self.resting = False
        if self.copy is not None:
            # While fetching fails nobody waits, so there is nothing to think of until the list is too old.
            excused_until = min(self.copy.believed_until, self.retry_at + _FORGOTTEN_AFTER)
            self.calm_until = excused_until if self.failure else self.fresh_until

    def outlive(self) -> None:
        """Its ``exp`` has come by the wall clock: the next question waits for a new one."""
        self.fresh_until = self.calm_until = -math.inf

    def rest(self) -> None:
        """Nobody asked for long: the next question has to wake the keeper."""
        self.resting = True
        self.calm_until = -math.inf

    def fetching(self, now: float) -> bool:
        """Whether a fetch is under way that is not lost; its thread may have been, somehow."""
        return self.attempt is not None and now - self.attempt.began < _LOST_AFTER

    def idle(self, now: float) -> bool:
        """Whether nobody asked for so long that it is not worth renewing."""
        return now - self.asked > (_COLD_IDLE if self.copy is None else self.copy.idle_after)

    def next_fetch(self) -> float:
        """When the keeper is to fetch it."""
        return self.retry_at if self.failure or self.copy is None else self.copy.renew_at

    def failing(self, now: float) -> bool:
        """Whether the last fetch failed, and that is no old news."""
        return self.failure != "" and now - self.retry_at < _FORGOTTEN_AFTER

    def believed(self, now: float, timeout: float) -> bool:
        """Whether the copy may be gone by: it is fresh, or it is not too old and no newer one can be had.

        That none can be had has to be seen: a fetch failed, or takes longer than one may. Else a list that was left
        alone for a while would bring revoked tokens back although its issuer is well.
        """
        if now < self.fresh_until:
            return True
        if self.copy is None or not now < self.copy.believed_until:
            return False
        attempt = self.attempt
        return self.failing(now) or (attempt is not None and now - attempt.began >= timeout + _JUDGING)

    def patience(self, timeout: float) -> float:
        """Seconds from the beginning of a fetch for which one more may wait for it.

        That is as long as the fetch may take, unless many wait already.
        """
        many = self.attempt is not None and self.attempt.waiting >= MAX_WAITING
        return _PATIENCE if many else timeout + _JUDGING

    def must_wait(self, index: int, now: float, timeout: float) -> bool:
        """Tell whether the answer for an index has to wait for a fetch, one under way or a new one."""
        copy = self.copy
        # An index beyond the list is worth a look: lists grow, and the token may be newer than this copy.
        if copy is not None and now < self.fresh_until and index < copy.statuses.size:
            return False
        if self.failing(now):
            return False
        if self._searched and now < self.fresh_until:
            return False  # a newer copy did not help; the next comes in its time
        if self.attempt is not None and self.fetching(now):
            return now - self.attempt.began < self.patience(timeout)
        return now - self._tried >= SPACING
