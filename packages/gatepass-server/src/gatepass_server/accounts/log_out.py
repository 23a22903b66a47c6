"""Log out: end a session, and with it everything that was handed out for it."""

from gatepass_server.audit.log import AuditLog
from gatepass_server.crypto.refresh_handles import RefreshHandle
from gatepass_server.domain.accounts import User
from gatepass_server.domain.audit import EventKind, user_actor
from gatepass_server.domain.clock import Clock, whole_seconds
from gatepass_server.domain.errors import Forbidden, NotFound
from gatepass_server.domain.secret import Secret
from gatepass_server.store.ports import LiveSession, Store

_UNKNOWN = "There is no such session. GET /sessions lists yours."


class LogOut:
    """Ends sessions. What is ended stays so: its tokens are refused here at once, elsewhere by the feed.

    ``address`` and ``request_id`` of the caller are for the audit log.
    """

    def __init__(self, store: Store, clock: Clock, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    def current(self, live: LiveSession, *, address: str = "", request_id: str = "") -> None:
        """End the session of whoever asks; nothing happens if it has ended."""
        self._end(live.session.id, live.user, live.user, "log_out", address, request_id)

    def by_refresh_token(self, token: str, *, address: str = "", request_id: str = "") -> bool:
        """End the session of a refresh token, whichever of its family, spent or not; False if it is unknown.

        An unknown one is no error (RFC 7009 section 2.2): what it stood for is as good as ended.
        """
        with self._store.read() as uow:
            family = uow.refresh_tokens.find(RefreshHandle(Secret(token)).family)
            live = None if family is None else uow.sessions.with_user(family.session_id)
        if live is not None:
            self.current(live, address=address, request_id=request_id)
        return live is not None

    def one(self, caller: User, session_id: str, *, address: str = "", request_id: str = "") -> None:
        """End one of the caller's sessions, or of anybody's where the caller is an admin.

        Raises:
            NotFound: the caller has no such live session; somebody else's is none of theirs.
        """
        with self._store.read() as uow:
            found = uow.sessions.with_user(session_id)
        if found is None or not found.session.is_live(whole_seconds(self._clock)):
            raise NotFound(_UNKNOWN)
        if found.user.id != caller.id and not caller.is_admin:
            raise NotFound(_UNKNOWN, reason="the session is somebody else's")
        if not self._end(session_id, found.user, caller, "taken_back", address, request_id):
            raise NotFound(_UNKNOWN, reason="the session ended meanwhile")

    def all_of(
        self, caller: User, user_id: str, *, current: str, address: str = "", request_id: str = ""
    ) -> int:
        """End every session of a user, but for the caller's own current one; how many ended.

        Raises:
            Forbidden: the user is another, and the caller is no admin.
        """
        if user_id != caller.id and not caller.is_admin:
            raise Forbidden("Only an admin may end the sessions of others.")
        pen = self._audit.pen(address=address, request_id=request_id)
        with self._store.write() as uow:
            ended = len(uow.sessions.end_all_of(user_id, whole_seconds(self._clock), but=current))
            if ended:
                pen.note(
                    uow,
                    EventKind.SESSIONS_ENDED,
                    actor=user_actor(caller.id),
                    user_id=user_id,
                    count=str(ended),
                    cause="taken_back",
                )
            return ended

    def _end(
        self, session_id: str, owner: User, caller: User, cause: str, address: str, request_id: str
    ) -> bool:
        pen = self._audit.pen(address=address, request_id=request_id)
        with self._store.write() as uow:
            ended = uow.sessions.end(session_id, whole_seconds(self._clock))
            if ended:
                pen.note(
                    uow,
                    EventKind.SESSION_ENDED,
                    actor=user_actor(caller.id),
                    user_id=owner.id,
                    session_id=session_id,
                    cause=cause,
                )
            return ended
