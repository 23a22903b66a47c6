"""A list in memory, and how long it serves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gatepass.status.bits import StatusArray
    from gatepass.status.list_token import SignedList
    from gatepass.status.policy import StatusPolicy

SPACING: Final = 0.5
"""Seconds between the beginnings of two fetches of one list, at least, whatever anybody asks for."""

_RETRY: Final = (1.0, 10.0)
_IDLE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Copy:
    """A list as it was fetched at some time. All times are of the monotonic clock.

    Attributes:
        signed: The list, with what its issuer says of it.
        statuses: What it tells.
        etag: Its entity tag.
        fetched: When the fetch began: what happened to the list later may not be in it.
        fresh_until: When its ``ttl`` or ``exp`` runs out.
        believed_until: Until when it serves where no newer one can be had.
    """

    signed: SignedList
    statuses: StatusArray
    etag: str | None
    fetched: float
    fresh_until: float
    believed_until: float

    @property
    def lifetime(self) -> float:
        """Seconds for which it is fresh."""
        return self.fresh_until - self.fetched

    @property
    def renew_at(self) -> float:
        """When it is fetched again: half of its time is left for the fetch, so that nobody notices one."""
        return self.fetched + max(self.lifetime / 2, SPACING)

    @property
    def retry_after(self) -> float:
        """Seconds from a fetch that failed to the next."""
        shortest, longest = _RETRY
        return min(max(self.lifetime / 2, shortest), longest)

    @property
    def idle_after(self) -> float:
        """Seconds without a question after which it is not fetched any more."""
        return max(3 * self.lifetime, _IDLE)


def copy_of(
    signed: SignedList, etag: str | None, policy: StatusPolicy, *, fetched: float, tick: float, now: float
) -> Copy:
    """Say how long a list serves.

    ``ttl`` counts from the fetch (section 13.7), within the policy's bounds; a list without one is kept as long as
    the policy lets one. ``exp`` ends everything: after it a list MUST NOT be relied upon (section 13.7).

    Args:
        signed: The list.
        etag: Its entity tag.
        policy: The rules.
        fetched: When the fetch began, by the monotonic clock.
        tick: The present, by the same clock ...
        now: ... and in seconds since the epoch.
    """
    ttl = policy.max_ttl if signed.ttl is None else min(max(signed.ttl, policy.min_ttl), policy.max_ttl)
    end = math.inf if signed.expires is None else tick + (min(signed.expires, now + 1e9) - now)
    return Copy(
        signed=signed,
        statuses=signed.statuses,
        etag=etag,
        fetched=fetched,
        fresh_until=min(fetched + ttl, end),
        believed_until=min(fetched + ttl + policy.max_stale, end),
    )
