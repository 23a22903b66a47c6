"""Where somebody is logged in."""

from collections.abc import Sequence
from dataclasses import dataclass

from gatepass_server.domain.accounts import User
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import Forbidden
from gatepass_server.domain.sessions import Session
from gatepass_server.store.ports import Store


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A page of sessions. ``next_after`` continues the list, or is None on the last page."""

    sessions: Sequence[Session]
    next_after: str | None


class SessionList:
    """Lists live sessions: one's own, and for an admin those of anybody."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def seen_by(self, caller: User, user_id: str, *, after: str | None, limit: int) -> SessionPage:
        """The live sessions of a user, newest first, past the session ``after``.

        Raises:
            Forbidden: the user is another, and the caller is no admin.
        """
        if user_id != caller.id and not caller.is_admin:
            raise Forbidden("Only an admin may see the sessions of others.")
        return self.of(user_id, after=after, limit=limit)

    def of(self, user_id: str, *, after: str | None, limit: int) -> SessionPage:
        """The live sessions of a user, newest first, past the session ``after``."""
        now = whole_seconds(self._clock)
        with self._store.read() as uow:
            found = uow.sessions.page_of(user_id, now=now, after=after, limit=limit + 1)
        more = len(found) > limit
        return SessionPage(found[:limit], found[limit - 1].id if more else None)
