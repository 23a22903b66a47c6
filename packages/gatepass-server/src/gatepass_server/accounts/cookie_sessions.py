"""Sessions that a browser is recognised by."""

from dataclasses import dataclass

from gatepass_server.accounts.entitlements import with_entitlements
from gatepass_server.crypto.cookie_handles import CookieHandle
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import Busy, OperatorError
from gatepass_server.store.ports import LiveSession, Store, UnitOfWork
from gatepass_server.store.ports.patience import Repeatable

_NOTED_EVERY = 60
"""Seconds between two uses that are written down: a session lasts for days, so a minute more or less is nothing."""


class CookieSessions:
    """Finds the session of a cookie, and keeps it from ending while it is used.

    Args:
        idle: seconds that a session may go unused.
    """

    def __init__(self, store: Store, clock: Clock, *, idle: int) -> None:
        self._store = store
        self._clock = clock
        self._idle = idle

    def recognise(self, handle: CookieHandle) -> LiveSession | None:
        """The live session with this cookie and its enabled owner, or None. The use is noted once in a minute."""
        found = self.peek(handle)
        now = whole_seconds(self._clock)
        if found is not None and now - found.session.last_seen_at >= min(_NOTED_EVERY, self._idle // 2):
            self._note_use(found, now)
        return found

    def peek(self, handle: CookieHandle) -> LiveSession | None:
        """The live session with this cookie and its enabled owner, or None. To look is no use."""
        now = whole_seconds(self._clock)
        with self._store.look() as uow:
            found = uow.sessions.by_cookie(handle.digest)
        if found is None or not found.session.is_live(now) or not found.user.is_enabled:
            return None
        if not found.user.has_roles:
            return found
        with self._store.look() as uow:
            return with_entitlements(uow, found)

    def _note_use(self, found: LiveSession, now: int) -> None:
        """Without waiting for the disk; and where the database cannot write now, a later use is noted instead."""
        try:
            with Repeatable(), self._store.write(durable=False) as uow:
                uow.sessions.prolong(found.session.id, now=now, idle=self._idle)
        except (Busy, OperatorError):  # nor does who comes with a token need a disk with space left
            return


@dataclass(frozen=True, slots=True)
class CookieRenewal:
    """Another cookie for a session that goes on: who has seen the old one has nothing."""

    old: CookieHandle
    new: CookieHandle

    def apply(self, uow: UnitOfWork, session_id: str) -> bool:
        """Replace the cookie, if it is still the old one. True if replaced."""
        return uow.sessions.replace_cookie(session_id, old=self.old.digest, new=self.new.digest)


def end_presented(uow: UnitOfWork, handle: CookieHandle, now: int) -> LiveSession | None:
    """End the session of a cookie that another one takes the place of, so that no forgotten one stays behind.

    Returns:
        The session that ended, if there was one.
    """
    found = uow.sessions.by_cookie(handle.digest)
    return found if found is not None and uow.sessions.end(found.session.id, now) else None
