"""Which keys serve when an issuer publishes others than those that are known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gatepass.keys import Key

DOUBT = 3600.0
"""Seconds after which a set that has none of the known keys is believed alone, whether or not it is in use."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """The keys that serve.

    A set that has some of the known keys takes their place at once: so keys come and go, and a withdrawn one is
    forgotten. A set that has *none* of them is either an issuer that replaced everything, or a wrong answer:
    another issuer's set behind the same address. Both look the same, but only the first signs tokens of this
    issuer. So both sets serve, until a token passes every check with a key of the new one, or for an hour.

    Attributes:
        trusted: The known keys.
        confirmed: When they were last fetched, in seconds of a clock that never goes back.
        doubted: The latest set, where it has none of them.
        since: When such a set was first seen. A known key that comes back for a moment does not begin the hour
            anew: this is forgotten only once no such set was seen for an hour.
        seen: When such a set was last seen.
    """

    trusted: tuple[Key, ...] = ()
    confirmed: float = -math.inf
    doubted: tuple[Key, ...] = ()
    since: float = math.inf
    seen: float = -math.inf

    @property
    def serving(self) -> tuple[Key, ...]:
        """All keys that tokens are checked with."""
        return self.trusted + self.doubted

    @property
    def settles(self) -> float:
        """When the doubted set is believed alone, whether or not anything is fetched."""
        return self.since + DOUBT if self.doubted else math.inf

    def after(self, fetched: Sequence[Key], now: float, max_stale: float) -> Holdings:
        """What serves once a set was fetched; keys that stay are the very same objects as before.

        Args:
            fetched: The keys of the set, at least one.
            now: When.
            max_stale: Seconds that keys serve after they were last fetched.
        """
        same = {key: key for key in self.serving}
        keys = tuple(same.get(key, key) for key in fetched)
        known = {key.thumbprint for key in self.trusted}
        stays = any(key.thumbprint in known for key in keys)
        too_old = now - self.confirmed >= max_stale
        if too_old:
            return Holdings(keys, now)
        since = self.since if now - self.seen < DOUBT else math.inf
        if stays:
            return Holdings(keys, now, (), since, self.seen)
        if now - since >= DOUBT:
            return Holdings(keys, now, (), since, now)
        return Holdings(self.trusted, self.confirmed, keys, min(since, now), now)

    def settled(self) -> Holdings:
        """What serves once the hour is over: the doubted set alone."""
        return Holdings(self.doubted, self.seen, (), self.since, self.seen)

    def proven(self, fetched: float) -> Holdings:
        """What serves once a token of the issuer passed every check with a doubted key.

        Args:
            fetched: When the doubted keys were last fetched.
        """
        return Holdings(self.doubted, fetched)
