"""Which sessions of a list were ended: remembered, and read on from where the last reading stopped."""

from collections.abc import Iterable
from typing import Final

from gatepass_server.domain.status_lists import StatusList
from gatepass_server.store.ports import Store

OVERLAP: Final = 120
"""Seconds that a reading goes back behind the one before.

An end is seen late by as much as its transaction took to commit (a minute, then the database ends it), and carries the
time of a server whose clock may be behind (another minute)."""

WHOLE_EVERY: Final = 300
"""Seconds until everything is read anew: what came later than the overlap allows for is found, and what was deleted,
long after its last token, is forgotten, in all processes alike."""


class Reading:
    """One list's array of one bit for each place (draft-ietf-oauth-status-list-21 section 4.1); 1 is an ended session.

    Not to be used by two threads at once.

    Attributes:
        at: When it was last read, in seconds since the epoch.
        version: Grows when a bit changes.
    """

    def __init__(self, store: Store, listed: StatusList) -> None:
        self._store = store
        self._number = listed.number
        self._bytes = (listed.size + 7) // 8
        self._bits = bytearray(self._bytes)
        self._whole_at: float | None = None
        self.at = 0.0
        self.version = 0

    @property
    def bits(self) -> bytes:
        """The array as it is now."""
        return bytes(self._bits)

    def is_fresh(self, now: float, age: float) -> bool:
        """Whether it was read within ``age`` seconds."""
        return self._whole_at is not None and 0 <= now - self.at < age

    def read(self, now: float) -> None:
        """Read what was ended meanwhile.

        Raises:
            Busy, OperatorError: the database does not answer; what was read before is still there.
        """
        whole = self._whole_at is None or now < self.at or not 0 <= now - self._whole_at < WHOLE_EVERY
        with self._store.read() as uow:
            ended = uow.status_lists.ended(self._number, since=None if whole else int(self.at) - OVERLAP)
        if whole:
            bits = bytearray(self._bytes)
            _set(bits, ended)
            changed = self._whole_at is None or bits != self._bits
            self._bits = bits
            self._whole_at = now
        else:
            changed = _set(self._bits, ended)
        self.at = now  # from before the rows were read, so that it is never older than it says
        self.version += changed


def _set(bits: bytearray, places: Iterable[int]) -> bool:
    """Set the bits of these places; whether one was not set before."""
    changed = False
    for place in places:
        byte, mask = place >> 3, 1 << (place & 7)
        if not bits[byte] & mask:
            bits[byte] |= mask
            changed = True
    return changed
