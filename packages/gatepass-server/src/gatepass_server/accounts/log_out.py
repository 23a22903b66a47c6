"""Log out: end a session, and with it everything that was handed out for it."""

from gatepass_server.crypto.refresh_handles import RefreshHandle
from gatepass_server.domain.accounts import User
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import Forbidden, NotFound
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import Store

_UNKNOWN = "There is no such session. GET /sessions lists yours."


class LogOut:
    """Ends sessions. What is ended stays so: its tokens are refused here at once, elsewhere by the feed."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def current(self, session_id: str) -> None:
        """End the session of whoever asks; nothing happens if it has ended."""
        with self._store.write() as uow:
            uow.sessions.end(session_id, whole_seconds(self._clock))

    def by_refresh_token(self, token: str) -> bool:
        """End the session of a refresh token, whichever of its family, spent or not; False if it is unknown.

        An unknown one is no error (RFC 7009 section 2.2): what it stood for is as good as ended.
        """
        with self._store.write() as uow:
            family = uow.refresh_tokens.find(RefreshHandle(Secret(token)).family)
            if family is not None:
                uow.sessions.end(family.session_id, whole_seconds(self._clock))
        return family is not None

    def one(self, caller: User, session_id: str) -> None:
        """End one of the caller's sessions, or of anybody's where the caller is an admin.

        Raises:
            NotFound: the caller has no such live session; somebody else's is none of theirs.
        """
        now = whole_seconds(self._clock)
        with self._store.write() as uow:
            found = uow.sessions.with_user(session_id)
            if found is None or not found.session.is_live(now):
                raise NotFound(_UNKNOWN)
            if found.user.id != caller.id and not caller.is_admin:
                raise NotFound(_UNKNOWN, reason="the session is somebody else's")
            uow.sessions.end(session_id, now)

    def all_of(self, caller: User, user_id: str, *, current: str) -> int:
        """End every session of a user, but for the caller's own current one; how many ended.

        Raises:
            Forbidden: the user is another, and the caller is no admin.
        """
        if user_id != caller.id and not caller.is_admin:
            raise Forbidden("Only an admin may end the sessions of others.")
        with self._store.write() as uow:
            return len(uow.sessions.end_all_of(user_id, whole_seconds(self._clock), but=current))
